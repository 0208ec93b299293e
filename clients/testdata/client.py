# Prints for each line of a list, "name<TAB>ca.crt<TAB>port", how a connection ends with
# the SSLContext that urllib3 makes: "name<TAB>ok" or "name<TAB>error".
import socket
import ssl
import sys

for line in open(sys.argv[1]):
    name, ca, port = line.rstrip("\n").split("\t")
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if sys.version_info >= (3, 13):  # as urllib3 does since 2.4
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
        context.load_verify_locations(ca)
        with socket.create_connection(("127.0.0.1", int(port)), 10) as connection:
            context.wrap_socket(connection, server_hostname="127.0.0.1").close()
        print(name + "\tok")
    except Exception as e:
        print(name + "\t" + str(e).replace("\n", " "))
