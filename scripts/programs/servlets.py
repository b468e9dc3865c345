"""Tomcat and Jetty on HotSpot: servers of a pool of threads, where each request has one that may block."""

from programs.gunicorn import visit

TOMCAT = r'''
import org.apache.catalina.startup.Tomcat;
import jakarta.servlet.http.*; import java.io.*; import java.security.*;
public class TomcatServer {
  static class Answers extends HttpServlet {
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
      try { Answer.to(request.getPathInfo(), request.getInputStream(), response.getOutputStream()); }
      catch (Exception e) { response.sendError(500, e.toString()); }
    }
  }
  public static void main(String[] arguments) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(arguments[1]);
    tomcat.setPort(Integer.parseInt(arguments[0]));
    var context = tomcat.addContext("", new File(arguments[1]).getAbsolutePath());
    Tomcat.addServlet(context, "answers", new Answers());
    context.addServletMappingDecoded("/*", "answers");
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    tomcat.start();
    tomcat.getServer().await();
  }
}
'''
JETTY = r'''
import org.eclipse.jetty.server.*; import org.eclipse.jetty.server.handler.AbstractHandler;
import java.io.*; import java.net.*; import javax.servlet.http.*;
public class JettyServer {
  public static void main(String[] arguments) throws Exception {
    var server = new Server(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])));
    server.setHandler(new AbstractHandler() {
      public void handle(String target, Request base, HttpServletRequest request, HttpServletResponse response)
          throws IOException {
        base.setHandled(true);
        try { Answer.to(target, request.getInputStream(), response.getOutputStream()); }
        catch (Exception e) { response.sendError(500, e.toString()); }
      }
    });
    server.start();
    server.join();
  }
}
'''
BY_HAND = r'''
import com.sun.net.httpserver.*; import java.net.*; import java.util.concurrent.*;
public class HandServer {
  public static void main(String[] arguments) throws Exception {
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 128);
    server.createContext("/", exchange -> {
      var out = new java.io.ByteArrayOutputStream();
      try { Answer.to(exchange.getRequestURI().getPath(), exchange.getRequestBody(), out); }
      catch (Exception e) { throw new java.io.IOException(e); }
      exchange.sendResponseHeaders(200, out.size());
      try (var body = exchange.getResponseBody()) { out.writeTo(body); }
    });
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
  }
}
'''
ANSWER = r'''
import java.io.*; import java.security.*; import java.util.*;
public class Answer {
  static void to(String path, InputStream in, OutputStream out) throws Exception {
    if (path.equals("/slow")) { Thread.sleep(300); out.write("hello".getBytes()); }
    if (path.equals("/big")) for (int i = 0; i < 65536; i++) out.write("0123456789abcdef".getBytes());
    if (path.equals("/post")) out.write(HexFormat.of().formatHex(
        MessageDigest.getInstance("SHA-256").digest(in.readAllBytes())).getBytes());
  }
}
'''
JARS = "/usr/share/java/jetty9-server.jar:/usr/share/java/jetty9-util.jar:/usr/share/java/jetty9-http.jar:" \
       "/usr/share/java/jetty9-io.jar:/usr/share/java/servlet-api.jar"
SERVERS = {"Tomcat": ("TomcatServer", TOMCAT, "/usr/share/tomcat10/lib/*:/usr/share/tomcat10/bin/*"),
           "Jetty": ("JettyServer", JETTY, JARS),
           "the JDK's own": ("HandServer", BY_HAND, "")}


def exercise(scene):
    """Compiled natively; one after the other on the same port."""
    scene.write("Answer.java", ANSWER)
    for name, (main, source, jars) in SERVERS.items():
        scene.write(f"{main}.java", source)
        classes = f"{scene.dir}:{jars}"
        compiled = scene.client(f"javac -cp '{classes}' {main}.java", timeout=120)
        scene.check(f"{name}: javac", compiled.endswith("[status 0]"))
        server = scene.start(f"java -Xmx256m -cp '{classes}' {main} {scene.port} {scene.dir}/work")
        visit(scene, f"{name}: ")
        scene.stop(server)
