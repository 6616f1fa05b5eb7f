package dev.sdlora.spark;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.batch.BatchDrawer;
import java.io.Serial;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;

/**
 * The pipeline settings, serialized to the executors. Tasks with equal settings share loaded
 * models.
 *
 * @param checkpoint the checkpoint of requests that name none, at most one
 * @param checkpointDirectories folders with checkpoints; like all folders, local to each host
 * @param loraDirectories folders with LoRAs
 * @param embeddingDirectories folders with embeddings
 * @param hypernetworkDirectories folders with hypernetworks
 * @param upscalerDirectories folders with upscalers
 * @param controlNetDirectories folders with ControlNets
 * @param detectorDirectories folders with detectors
 * @param preprocessorDirectories folders with networks of preprocessors
 * @param precision the dtype of the networks
 */
record DrawingSettings(
    List<String> checkpoint,
    List<String> checkpointDirectories,
    List<String> loraDirectories,
    List<String> embeddingDirectories,
    List<String> hypernetworkDirectories,
    List<String> upscalerDirectories,
    List<String> controlNetDirectories,
    List<String> detectorDirectories,
    List<String> preprocessorDirectories,
    Precision precision)
    implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  /** Creates a drawer that has loaded nothing yet. */
  BatchDrawer drawer(String device) {
    BatchDrawer.Builder drawer =
        BatchDrawer.builder().pipeline(model -> pipeline(model, device).build());
    checkpoint.forEach(reference -> drawer.checkpoint(Checkpoint.open(reference)));
    checkpointDirectories.forEach(folder -> drawer.checkpointDirectory(Path.of(folder)));
    upscalerDirectories.forEach(folder -> drawer.upscalerDirectory(Path.of(folder)));
    controlNetDirectories.forEach(folder -> drawer.controlNetDirectory(Path.of(folder)));
    return drawer.build();
  }

  private Pipeline.Builder pipeline(Checkpoint model, String device) {
    Pipeline.Builder pipeline =
        Pipeline.builder()
            .checkpoint(model)
            .precision(precision)
            .device(device)
            .closeOnShutdown(true);
    loraDirectories.forEach(folder -> pipeline.loraDirectory(Path.of(folder)));
    embeddingDirectories.forEach(folder -> pipeline.embeddingDirectory(Path.of(folder)));
    hypernetworkDirectories.forEach(folder -> pipeline.hypernetworkDirectory(Path.of(folder)));
    upscalerDirectories.forEach(folder -> pipeline.upscalerDirectory(Path.of(folder)));
    detectorDirectories.forEach(folder -> pipeline.detectorDirectory(Path.of(folder)));
    preprocessorDirectories.forEach(folder -> pipeline.preprocessorDirectory(Path.of(folder)));
    return pipeline;
  }
}
