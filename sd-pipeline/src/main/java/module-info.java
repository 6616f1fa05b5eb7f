import dev.sdlora.api.image.spi.ImageBackend;
import dev.sdlora.api.make.spi.MakingBackend;
import dev.sdlora.api.model.spi.FileBackend;
import dev.sdlora.api.prompt.spi.PromptBackend;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.pipeline.LocalEmbeddings;
import dev.sdlora.pipeline.LocalFiles;
import dev.sdlora.pipeline.LocalImages;
import dev.sdlora.pipeline.LocalLoras;
import dev.sdlora.pipeline.LocalPipelines;
import dev.sdlora.pipeline.LocalPrompts;
import dev.sdlora.pipeline.make.LocalMaking;

/** From a prompt to an image. */
@SuppressWarnings("module") // dev.sdlora.training stands on this module and is compiled later.
module dev.sdlora.pipeline {
  requires static transitive org.jspecify;
  requires transitive dev.sdlora.api;
  requires dev.sdlora.families;
  requires dev.sdlora.infotext;
  requires dev.sdlora.lora;
  requires dev.sdlora.prompt;
  requires dev.sdlora.sampler;
  requires java.desktop;
  requires org.slf4j;

  exports dev.sdlora.pipeline.image to
      dev.sdlora.training;

  // The program next to the classes is read by sd-tensors, which loads it.
  opens dev.sdlora.pipeline.speed to
      dev.sdlora.tensors;

  provides Backend.Embeddings with
      LocalEmbeddings;
  provides Backend.Files with
      LocalFiles;
  provides Backend.Loras with
      LocalLoras;
  provides Backend.Images with
      LocalImages;
  provides Backend.Pipelines with
      LocalPipelines;
  provides Backend.Prompts with
      LocalPrompts;
  provides FileBackend with
      LocalFiles;
  provides ImageBackend with
      LocalImages;
  provides PromptBackend with
      LocalPrompts;
  provides MakingBackend with
      LocalMaking;
}
