/** The demo model. */
module dev.sdlora.demo.model {
  requires static org.jspecify;

  exports dev.sdlora.demo.model;
}
