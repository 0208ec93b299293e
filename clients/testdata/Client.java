import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** As client.py, with the trust manager of the JDK. "one" reads ca.crt certificate by certificate. */
public class Client {
    public static void main(String[] args) throws Exception {
        for (String line : Files.readAllLines(Path.of(args[1]))) {
            String[] fields = line.split("\t");
            String end = "ok";
            try {
                connect(read(args[0].equals("one"), Files.readAllBytes(Path.of(fields[1]))), fields[2]);
            } catch (Exception e) {
                end = e.toString();
                for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                    end += " | " + cause;
                }
            }
            System.out.println(fields[0] + "\t" + end.replace('\n', ' '));
        }
    }

    static List<Certificate> read(boolean one, byte[] file) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<Certificate> certificates = new ArrayList<>();
        try (InputStream in = new ByteArrayInputStream(file)) {
            if (!one) {
                certificates.addAll(factory.generateCertificates(in));
            }
            while (one && in.available() > 0) {
                certificates.add(factory.generateCertificate(in));
            }
        }
        return certificates;
    }

    static void connect(List<Certificate> certificates, String port) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < certificates.size(); i++) {
            store.setCertificateEntry("ca" + i, certificates.get(i));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        HttpsURLConnection connection = (HttpsURLConnection) URI.create("https://127.0.0.1:" + port + "/api").toURL().openConnection();
        connection.setSSLSocketFactory(context.getSocketFactory());
        connection.getResponseCode();
    }
}
