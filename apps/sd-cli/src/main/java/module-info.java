/** The command line. */
@SuppressWarnings("requires-automatic") // The modules of OpenTelemetry have names by manifest.
module dev.sdlora.cli {
  requires static org.jspecify;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.toml;
  requires dev.sdlora.api;
  requires dev.sdlora.batch;
  requires dev.sdlora.demo.model;
  requires dev.sdlora.models;
  requires dev.sdlora.request;
  requires dev.sdlora.server;
  requires dev.sdlora.tensors;
  requires dev.sdlora.training;
  requires info.picocli;
  requires io.opentelemetry.api;
  requires io.opentelemetry.sdk;
  requires io.opentelemetry.sdk.autoconfigure;
  requires io.opentelemetry.sdk.autoconfigure.spi;
  requires io.opentelemetry.sdk.common;
  requires java.desktop;
  requires org.slf4j;

  provides org.slf4j.spi.SLF4JServiceProvider with
      dev.sdlora.cli.log.LogProvider;

  // Picocli sets option fields by reflection; Jackson reads the records of reports.
  opens dev.sdlora.cli to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens dev.sdlora.cli.console to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens dev.sdlora.cli.lora to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens dev.sdlora.cli.model to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens dev.sdlora.cli.option to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens dev.sdlora.cli.training to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens dev.sdlora.cli.report to
      com.fasterxml.jackson.databind,
      info.picocli;
}
