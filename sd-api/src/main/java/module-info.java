import dev.sdlora.api.image.spi.ImageBackend;
import dev.sdlora.api.image.spi.ImageNetworks;
import dev.sdlora.api.make.spi.MakingBackend;
import dev.sdlora.api.model.spi.FileBackend;
import dev.sdlora.api.prompt.spi.PromptBackend;
import dev.sdlora.api.service.Downloads;
import dev.sdlora.api.spi.Backend;

/** Stable Diffusion with LoRA: the public API. */
@SuppressWarnings("module") // The modules named here depend on this one and are compiled later.
module dev.sdlora.api {
  requires static transitive org.jspecify;
  requires static transitive java.desktop;

  exports dev.sdlora.api;
  exports dev.sdlora.api.error;
  exports dev.sdlora.api.grid;
  exports dev.sdlora.api.image;
  exports dev.sdlora.api.lora;
  exports dev.sdlora.api.make;
  exports dev.sdlora.api.model;
  exports dev.sdlora.api.prompt;
  exports dev.sdlora.api.sampling;
  exports dev.sdlora.api.setting to
      dev.sdlora.cli,
      dev.sdlora.families,
      dev.sdlora.infotext,
      dev.sdlora.pipeline,
      dev.sdlora.request,
      dev.sdlora.server,
      dev.sdlora.spring,
      dev.sdlora.training;
  exports dev.sdlora.api.service to
      dev.sdlora.models,
      dev.sdlora.pipeline,
      dev.sdlora.server;
  exports dev.sdlora.api.spi to
      dev.sdlora.families,
      dev.sdlora.infotext,
      dev.sdlora.pipeline,
      dev.sdlora.server;
  exports dev.sdlora.api.image.spi to
      dev.sdlora.onnx,
      dev.sdlora.pipeline;
  exports dev.sdlora.api.make.spi to
      dev.sdlora.lora,
      dev.sdlora.pipeline;
  exports dev.sdlora.api.model.spi to
      dev.sdlora.pipeline;
  exports dev.sdlora.api.prompt.spi to
      dev.sdlora.pipeline;
  exports dev.sdlora.api.value to
      dev.sdlora.batch,
      dev.sdlora.cli,
      dev.sdlora.families,
      dev.sdlora.infotext,
      dev.sdlora.lora,
      dev.sdlora.models,
      dev.sdlora.onnx,
      dev.sdlora.pipeline,
      dev.sdlora.prompt,
      dev.sdlora.request,
      dev.sdlora.sampler,
      dev.sdlora.server,
      dev.sdlora.spring,
      dev.sdlora.tensors,
      dev.sdlora.training;

  uses Downloads;
  uses Backend.Embeddings;
  uses Backend.Files;
  uses Backend.Loras;
  uses Backend.Images;
  uses Backend.Pipelines;
  uses Backend.Prompts;
  uses Backend.Recoveries;
  uses FileBackend;
  uses ImageBackend;
  uses ImageNetworks;
  uses MakingBackend;
  uses PromptBackend;
}
