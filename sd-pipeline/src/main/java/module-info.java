import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.MakingBackend;
import dev.sdlora.pipeline.LocalEmbeddings;
import dev.sdlora.pipeline.LocalFiles;
import dev.sdlora.pipeline.LocalImages;
import dev.sdlora.pipeline.LocalLoras;
import dev.sdlora.pipeline.LocalPipelines;
import dev.sdlora.pipeline.LocalPrompts;
import dev.sdlora.pipeline.make.LocalMaking;
import dev.sdlora.pipeline.recovery.LocalRecoveries;

/** From a prompt to an image. */
@SuppressWarnings("module") // dev.sdlora.training stands on this module and is compiled later.
module dev.sdlora.pipeline {
  requires static transitive org.jspecify;
  requires transitive dev.sdlora.api;
  requires dev.sdlora.lora;
  requires dev.sdlora.prompt;
  requires dev.sdlora.sampler;
  requires java.desktop;
  requires java.management;
  requires jdk.management;
  requires org.slf4j;

  exports dev.sdlora.pipeline.checkpoint to
      dev.sdlora.training;
  exports dev.sdlora.pipeline.conditioning to
      dev.sdlora.training;
  exports dev.sdlora.pipeline.family to
      dev.sdlora.training;
  exports dev.sdlora.pipeline.image to
      dev.sdlora.training;
  exports dev.sdlora.pipeline.memory to
      dev.sdlora.training;
  exports dev.sdlora.pipeline.network to
      dev.sdlora.training;
  exports dev.sdlora.pipeline.transformer to
      dev.sdlora.training;

  // The programs next to the classes are read by sd-tensors, which loads them.
  opens dev.sdlora.pipeline.speed to
      dev.sdlora.tensors;
  opens dev.sdlora.pipeline.network to
      dev.sdlora.tensors;
  opens dev.sdlora.pipeline.transformer to
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
  provides Backend.Recoveries with
      LocalRecoveries;
  provides MakingBackend with
      LocalMaking;
}
