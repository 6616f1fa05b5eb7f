import dev.sdlora.server.results.ResultPlace;

/** Images over HTTP. */
@SuppressWarnings({
  "module", // The module named in an export is compiled later.
  // The modules of Micrometer, MCP, OpenTelemetry and Reactor have names by manifest.
  "requires-automatic",
  "requires-transitive-automatic"
})
module dev.sdlora.server {
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.databind;
  requires transitive dev.sdlora.api;
  requires dev.sdlora.models;
  requires dev.sdlora.request;
  requires dev.sdlora.training;
  requires com.zaxxer.hikari;
  requires io.javalin;
  requires io.modelcontextprotocol.sdk.mcp.core;
  requires io.modelcontextprotocol.sdk.mcp.json.jackson2;
  requires transitive io.opentelemetry.api;
  requires io.opentelemetry.context;
  requires jakarta.servlet;
  requires java.desktop;
  requires java.sql;
  requires micrometer.core;
  requires micrometer.registry.prometheus;
  requires org.eclipse.jetty.ee10.servlet;
  requires org.eclipse.jetty.http;
  requires org.eclipse.jetty.io;
  requires org.eclipse.jetty.server;
  requires org.eclipse.jetty.util;
  requires org.slf4j;
  requires reactor.core;

  exports dev.sdlora.server;
  exports dev.sdlora.server.results to
      dev.sdlora.s3;

  uses ResultPlace.Provider;
}
