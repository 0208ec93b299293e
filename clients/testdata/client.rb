# As client.py, with Ruby's own OpenSSL.
require 'net/http'

File.readlines(ARGV[0], chomp: true).each do |line|
  name, ca, port = line.split("\t")
  begin
    http = Net::HTTP.new('127.0.0.1', port.to_i)
    http.use_ssl = true
    http.ca_file = ca
    http.get('/api')
    puts "#{name}\tok"
  rescue StandardError => e
    puts "#{name}\t#{e.message.gsub("\n", ' ')}"
  end
end
