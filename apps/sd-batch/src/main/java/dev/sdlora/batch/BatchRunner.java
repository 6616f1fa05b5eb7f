package dev.sdlora.batch;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Style;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.value.FileReason;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Draws the requests of a manifest into a folder.
 *
 * <p>A manifest is JSON Lines: each line is an object with the settings of a request, with the
 * names of A1111's API ({@code prompt}, {@code negative_prompt}, {@code steps}, …) or shorter ones
 * ({@code negative}, {@code sampler}, {@code size}, …), and with {@code checkpoint} and {@code
 * lora} by name, path or reference. A list of values makes one request for each value, and several
 * lists make all combinations; {@code {"defaults": {…}}} applies to the lines after it.
 *
 * <p>Each image has an id, derived from its settings or given by {@code id}, and is saved as {@code
 * ID.png}; {@code results.jsonl} has a line for each, see {@link BatchResult#json()}. Existing
 * images are not drawn again, so an interrupted batch resumes when it is run again, and its images
 * are identical to those of an uninterrupted run. Failed requests are not retried unless {@link
 * Builder#retryFailed} is set. Processes that use the same folder share the work.
 *
 * <p>Requests are drawn one at a time, in the order of {@link BatchPlan}. Immutable and safe for
 * use by several threads; within one program, a folder allows one run at a time.
 */
public final class BatchRunner {
  private final Path folder;
  private final Checkpoints checkpoints;
  private final BatchDrawer.Builder drawing;
  private final BatchListener listener;
  private final boolean retryFailed;

  private BatchRunner(Builder builder) {
    this.folder = builder.folder;
    this.drawing = builder.drawing;
    this.checkpoints = drawing.checkpoints();
    this.listener = builder.listener;
    this.retryFailed = builder.retryFailed;
  }

  /**
   * {@return a builder of a runner}
   *
   * @param folder the folder for images and results; created when needed
   */
  public static Builder builder(Path folder) {
    return new Builder(Objects.requireNonNull(folder, "folder"));
  }

  /**
   * A summary of a run.
   *
   * @param drawn images drawn by this run
   * @param there images that existed, or that other processes drew meanwhile
   * @param failed requests without an image, including failures of earlier runs
   * @param checkpointLoads the number of times a checkpoint was loaded
   * @param loraSwitches the number of times the set of LoRAs changed
   * @param elapsed the time from start to end
   */
  public record Summary(
      int drawn, int there, int failed, int checkpointLoads, int loraSwitches, Duration elapsed) {}

  /**
   * Plans a run without writing anything or opening a model.
   *
   * @param manifest a file of JSON Lines in UTF-8
   * @return the requests to draw, in order, and the others
   * @throws BatchException if the manifest or the results cannot be read
   */
  public BatchPlan plan(Path manifest) {
    return plan(read(manifest));
  }

  /**
   * Plans a run; see {@link #plan(Path)}.
   *
   * @param manifest JSON Lines in UTF-8; read to its end and not closed
   * @return the requests to draw, in order, and the others
   */
  public BatchPlan plan(InputStream manifest) {
    Objects.requireNonNull(manifest, "manifest");
    return plan(read(manifest, "the manifest"));
  }

  /**
   * Draws the missing images, and returns when each request has an image or an error.
   *
   * @param manifest a file of JSON Lines in UTF-8
   * @return a summary
   * @throws BatchException if the manifest cannot be read, the folder cannot be written, or this
   *     program is already running a batch in it
   * @throws GenerationCancelledException if the calling thread is interrupted
   */
  public Summary run(Path manifest) {
    return run(read(manifest));
  }

  /**
   * Draws the missing images; see {@link #run(Path)}.
   *
   * @param manifest JSON Lines in UTF-8; read to its end and not closed
   * @return a summary
   */
  public Summary run(InputStream manifest) {
    Objects.requireNonNull(manifest, "manifest");
    return run(read(manifest, "the manifest"));
  }

  private List<BatchRequest> read(Path manifest) {
    Objects.requireNonNull(manifest, "manifest");
    try (InputStream in = new BufferedInputStream(Files.newInputStream(manifest))) {
      return read(in, "the manifest '" + manifest + "'");
    } catch (IOException e) {
      throw new BatchException(
          "cannot read the manifest '%s': %s".formatted(manifest, FileReason.of(e)), e);
    }
  }

  private List<BatchRequest> read(InputStream manifest, String what) {
    try {
      return Manifest.read(
          new BufferedInputStream(manifest), checkpoints.usualName(), Manifest.Limits.USUAL);
    } catch (IOException e) {
      throw new BatchException("cannot read %s: %s".formatted(what, FileReason.of(e)), e);
    }
  }

  private BatchPlan plan(List<BatchRequest> requests) {
    return new RequestStates(folder, ResultFile.open(folder), retryFailed).plan(requests);
  }

  private Summary run(List<BatchRequest> requests) {
    try (OutputFolder output = OutputFolder.open(folder);
        BatchDrawer drawer = drawing.build()) {
      ResultFile results = ResultFile.open(folder);
      RequestStates states = new RequestStates(folder, results, retryFailed);
      return new BatchRun(states.plan(requests), states, results, output, drawer, listener).run();
    }
  }

  /** Collects the settings of a runner. Not safe for use by several threads at once. */
  public static final class Builder {
    private final Path folder;
    private final BatchDrawer.Builder drawing = BatchDrawer.builder();
    private BatchListener listener = BatchListener.NONE;
    private boolean retryFailed;

    private Builder(Path folder) {
      this.folder = folder;
    }

    /**
     * Sets the checkpoint of requests that name none.
     *
     * @param checkpoint the default checkpoint; its name becomes part of the requests' ids.
     *     Default: none, so such requests fail
     * @return this builder
     */
    public Builder checkpoint(Checkpoint checkpoint) {
      drawing.checkpoint(checkpoint);
      return this;
    }

    /**
     * Adds a folder of checkpoints that requests can name. Default: none; paths and references to
     * published files always work.
     *
     * @param directory a folder of checkpoint files, named with or without extension, and diffusers
     *     folders
     * @return this builder
     */
    public Builder checkpointDirectory(Path directory) {
      drawing.checkpointDirectory(directory);
      return this;
    }

    /**
     * Sets the function that creates the pipeline of a checkpoint. The previous pipeline is closed
     * before.
     *
     * @param pipeline creates a pipeline with the folders of LoRAs, embeddings and upscalers that
     *     requests can name, and with a precision that should be the same in each run. Default: a
     *     pipeline without folders
     * @return this builder
     */
    public Builder pipeline(Function<Checkpoint, Pipeline> pipeline) {
      drawing.pipeline(pipeline);
      return this;
    }

    /**
     * Sets the listener for progress and results.
     *
     * @param listener default: none
     * @return this builder
     */
    public Builder listener(BatchListener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Sets whether to retry requests that failed in an earlier run.
     *
     * @param retryFailed default false, because most would fail again
     * @return this builder
     */
    public Builder retryFailed(boolean retryFailed) {
      this.retryFailed = retryFailed;
      return this;
    }

    /**
     * Adds a folder of upscalers that requests can name; add it to the pipelines too. Default:
     * none, except those that need no file.
     *
     * @param directory see {@link Pipeline.Builder#upscalerDirectory}
     * @return this builder
     */
    public Builder upscalerDirectory(Path directory) {
      drawing.upscalerDirectory(directory);
      return this;
    }

    /**
     * Adds a folder of ControlNets and T2I-Adapters that requests can name. Default: none; paths
     * always work.
     *
     * @param directory a folder; its subfolders are ignored
     * @return this builder
     */
    public Builder controlNetDirectory(Path directory) {
      drawing.controlNetDirectory(directory);
      return this;
    }

    /**
     * Sets the styles that requests can name.
     *
     * @param styles default: none
     * @return this builder
     */
    public Builder styles(List<Style> styles) {
      drawing.styles(styles);
      return this;
    }

    /** For tests. */
    Builder reading(Function<Pipeline, RequestReader> reading) {
      drawing.reading(reading);
      return this;
    }

    /** {@return the runner} */
    public BatchRunner build() {
      return new BatchRunner(this);
    }
  }
}
