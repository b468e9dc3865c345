"""nginx: one process, which is what one of its workers is."""
from comparison import clients, load
from comparison.server import Server

ORDER = 26
SERVER = Server(
    name="nginx",
    about="one process; 64 connections, 1 KiB page, keep-alive",
    packages=("nginx",),
    command="nginx -e {dir}/error.log -c {dir}/nginx.conf",
    load=load.Wrk(connections=64),
    exchange=clients.http,
    files={"nginx.conf": """
daemon off;
master_process off;
pid {dir}/pid;
events {}
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  server {
    listen 127.0.0.1:{port};
    root {wwwroot};
  }
}
"""},
    has_loop=True,
)
