/** Requests as JSON. */
@SuppressWarnings(
    "module") // The exports below name modules that depend on this one and are compiled later.
module dev.sdlora.request {
  requires static transitive org.jspecify;
  requires transitive com.fasterxml.jackson.databind;
  requires transitive dev.sdlora.api;
  requires java.desktop;

  exports dev.sdlora.request to
      dev.sdlora.batch,
      dev.sdlora.cli,
      dev.sdlora.server;
}
