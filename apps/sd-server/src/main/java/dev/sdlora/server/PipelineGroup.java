package dev.sdlora.server;

import dev.sdlora.api.Pipeline;
import dev.sdlora.server.devices.DistributedPipeline;
import java.util.List;

/** Several pipelines with the same checkpoint that serve requests as one. */
public final class PipelineGroup {
  private PipelineGroup() {}

  /**
   * Returns a pipeline that distributes requests over several, one for each device of the machine:
   * to the one with the fewest requests, preferably one that last had the same LoRAs. It runs as
   * many requests at once as all together. Closing it closes all.
   *
   * <p>Images are the same on each if the devices are of the same kind. A device that fails does
   * not stop the others; after three failures in a row they take its requests for a while.
   *
   * @param pipelines pipelines with the same checkpoint and settings
   * @return one pipeline over all
   * @throws IllegalArgumentException if there is none, or they differ in checkpoint or precision
   */
  public static Pipeline of(List<Pipeline> pipelines) {
    return pipelines.size() == 1 ? pipelines.get(0) : new DistributedPipeline(pipelines);
  }
}
