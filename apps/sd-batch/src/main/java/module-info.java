/** Batches of images from a list of requests. */
module dev.sdlora.batch {
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.databind;
  requires transitive dev.sdlora.api;
  requires dev.sdlora.request;

  exports dev.sdlora.batch;
}
