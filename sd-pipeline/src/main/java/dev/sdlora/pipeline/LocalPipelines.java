package dev.sdlora.pipeline;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.DeviceInfo;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.TimeEstimate;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.memory.DeviceMemory;
import dev.sdlora.lora.library.FolderLibrary;
import dev.sdlora.pipeline.embedding.FolderEmbeddings;
import dev.sdlora.pipeline.embedding.PromptEmbeddings;
import dev.sdlora.pipeline.model.AuxiliaryNetworks;
import dev.sdlora.pipeline.model.FileCaches;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.pipeline.model.PrecisionChoice;
import dev.sdlora.pipeline.model.Refiner;
import dev.sdlora.pipeline.speed.ImageTime;
import dev.sdlora.pipeline.upscale.UpscalerFolders;
import dev.sdlora.tensors.natives.Natives;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.Engines;
import dev.sdlora.tensors.torch.Torch;
import java.util.Optional;
import java.util.OptionalLong;

/** Opens pipelines and describes devices. Created by {@link java.util.ServiceLoader}. */
public final class LocalPipelines implements Backend.Pipelines {

  @Override
  public Pipeline open(Backend.Settings settings) {
    if (settings.withoutWeights()) {
      return HeaderPipeline.open(settings);
    }
    String device = Engines.device(settings.engine(), settings.device());
    warmUp();
    FolderLibrary library =
        FolderLibrary.open(FileCaches.LORAS, FileCaches.LORA_CARDS, settings.loraDirectories());
    FolderEmbeddings embeddings =
        FolderEmbeddings.open(
            FileCaches.EMBEDDINGS, settings.embeddingDirectories(), settings.embeddings());
    ModelFiles read = CheckpointReader.open(settings.checkpoint());
    ModelFiles files = settings.predictionType().map(read::predicting).orElse(read);
    Optional<UNetFiles> refinerFiles =
        settings.refiner().map(second -> CheckpointReader.readRefiner(second, files));
    if (!settings.lenient()) {
      embeddings.requireGivenFit(
          new PromptEmbeddings.Target(files.checkpoint(), files.textWidths()));
    }
    UpscalerFolders upscalers = new UpscalerFolders(settings.upscalerDirectories());
    Networks networks =
        Networks.load(
            files, settings.precision(), settings.weights(), device, settings.memoryPolicy());
    try {
      AuxiliaryNetworks auxiliary = AuxiliaryNetworks.load(settings, upscalers, files, networks);
      Model model =
          new Model(
              settings,
              files.checkpoint(),
              networks,
              refinerFiles.map(
                  second ->
                      Refiner.load(
                          second,
                          networks.formats(),
                          device,
                          settings.memoryPolicy(),
                          networks.torch())),
              auxiliary,
              library,
              embeddings);
      LocalPipeline pipeline =
          new LocalPipeline(model, settings.concurrency(), settings.preprocessorDirectories());
      if (settings.closeOnShutdown()) {
        pipeline.closeOnShutdown();
      }
      return pipeline;
    } catch (RuntimeException | Error e) {
      networks.close();
      throw e;
    }
  }

  @Override
  public DeviceInfo describe(String name) {
    String device = Engines.device(Optional.empty(), name);
    DeviceMemory memory = new DeviceMemory(device);
    try (Torch torch = Torch.open(device)) {
      return new DeviceInfo(
          device,
          memory.name(),
          Processor.instructions(),
          PrecisionChoice.precision(PrecisionChoice.of(Precision.AUTO, device)),
          PrecisionChoice.reason(device),
          PrecisionChoice.packed(torch, device),
          Torch.threads(),
          memory.physical(),
          memory.getAsLong(),
          "libtorch " + Torch.libtorch());
    }
  }

  @Override
  public TimeEstimate estimateTime(Checkpoint checkpoint) {
    return ImageTime.of(checkpoint);
  }

  @Override
  public void warmUp() {
    Torch.startAhead();
  }

  @Override
  public OptionalLong nativeBytes() {
    return Natives.allocatedBytes();
  }

  @Override
  public void endAtNextSignal() {
    Natives.endAtNextSignal();
  }
}
