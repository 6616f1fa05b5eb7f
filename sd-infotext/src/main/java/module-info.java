import dev.sdlora.api.spi.Backend;
import dev.sdlora.infotext.recovery.LocalRecoveries;

/** The text in images from which they can be made again. */
@SuppressWarnings("module") // dev.sdlora.pipeline stands on this module and is compiled later.
module dev.sdlora.infotext {
  requires static transitive org.jspecify;
  requires transitive dev.sdlora.api;
  requires dev.sdlora.prompt;
  requires dev.sdlora.tensors;
  requires java.desktop;

  exports dev.sdlora.infotext to
      dev.sdlora.pipeline;
  exports dev.sdlora.infotext.key to
      dev.sdlora.pipeline;

  provides Backend.Recoveries with
      LocalRecoveries;
}
