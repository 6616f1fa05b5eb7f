import dev.sdlora.api.make.MakingBackend;
import dev.sdlora.api.spi.PipelineProvider;

/** Stable Diffusion with LoRA: what a caller names. */
@SuppressWarnings("module") // dev.sdlora.pipeline stands on this module and is compiled later.
module dev.sdlora.api {
  requires static transitive org.jspecify;
  requires transitive java.desktop;

  exports dev.sdlora.api;
  exports dev.sdlora.api.grid;
  exports dev.sdlora.api.make;
  exports dev.sdlora.api.spi to
      dev.sdlora.pipeline;

  uses MakingBackend;
  uses PipelineProvider;
}
