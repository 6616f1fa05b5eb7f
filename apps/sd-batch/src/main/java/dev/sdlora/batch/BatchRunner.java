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
 * <p>A manifest is JSON Lines: each line is an object with the settings of a request, under the
 * names of A1111's API ({@code prompt}, {@code negative_prompt}, {@code steps}, …) or shorter ones
 * ({@code negative}, {@code sampler}, {@code size}, …), and with {@code checkpoint} and {@code
 * lora} by name, path or reference. A setting with a list of values makes a request of each, and
 * several lists make all combinations; {@code {"defaults": {…}}} holds for the lines behind it.
 *
 * <p>Each image has an id, made of its settings or given by {@code id}, and lies in {@code ID.png};
 * {@code results.jsonl} has a line for each, see {@link BatchResult#json()}. What is there is not
 * drawn again, so that a batch that was broken off, at any moment and in any way, goes on when it
 * is run again, and its images are the bytes that they would have been. What failed is not tried
 * again unless {@link Builder#retryFailed} says so. Processes that share a folder share the work.
 *
 * <p>Requests are drawn one at a time, in the order of {@link BatchPlan}. Immutable and safe for
 * use by several threads; a folder takes one run of a program at a time.
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
   * @param folder for images and results; it is made when it is needed
   */
  public static Builder builder(Path folder) {
    return new Builder(Objects.requireNonNull(folder, "folder"));
  }

  /**
   * What a run did.
   *
   * @param drawn images that it drew
   * @param there images that were there, or that other processes drew meanwhile
   * @param failed requests without an image, those of earlier runs included
   * @param checkpointLoads how many times a checkpoint was loaded
   * @param loraSwitches how many times the weights got another set of LoRAs
   * @param elapsed from beginning to end
   */
  public record Summary(
      int drawn, int there, int failed, int checkpointLoads, int loraSwitches, Duration elapsed) {}

  /**
   * Says what a run would do. Nothing is written, and no model is opened.
   *
   * @param manifest a file of JSON Lines in UTF-8
   * @return what is to be drawn, in order, and what is not
   * @throws BatchException if the manifest or the results cannot be read
   */
  public BatchPlan plan(Path manifest) {
    return plan(read(manifest));
  }

  /**
   * Says what a run would do; see {@link #plan(Path)}.
   *
   * @param manifest JSON Lines in UTF-8; it is read to its end and not closed
   * @return what is to be drawn, in order, and what is not
   */
  public BatchPlan plan(InputStream manifest) {
    Objects.requireNonNull(manifest, "manifest");
    return plan(read(manifest, "the manifest"));
  }

  /**
   * Draws what is not there, and returns when there is an image or an error for each request.
   *
   * @param manifest a file of JSON Lines in UTF-8
   * @return what was done
   * @throws BatchException if the manifest cannot be read or the folder cannot be written, or if
   *     this program is running another batch in it
   * @throws GenerationCancelledException if the calling thread is interrupted
   */
  public Summary run(Path manifest) {
    return run(read(manifest));
  }

  /**
   * Draws what is not there; see {@link #run(Path)}.
   *
   * @param manifest JSON Lines in UTF-8; it is read to its end and not closed
   * @return what was done
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
      return new BatchRun(requests, states, results, output, drawer, listener).run();
    }
  }

  /** Collects what a runner needs. Not safe for use by several threads at once. */
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
     * @param checkpoint its name becomes part of their ids. Default: none, so that such requests
     *     fail
     * @return this builder
     */
    public Builder checkpoint(Checkpoint checkpoint) {
      drawing.checkpoint(checkpoint);
      return this;
    }

    /**
     * Adds a folder whose checkpoints requests can name. Default: none; paths and references to
     * published files can be named in any case.
     *
     * @param directory with files, named with or without their extension, and diffusers folders
     * @return this builder
     */
    public Builder checkpointDirectory(Path directory) {
      drawing.checkpointDirectory(directory);
      return this;
    }

    /**
     * Sets how a pipeline is made for a checkpoint. It is closed before the next one is made.
     *
     * @param pipeline gives it the folders of LoRAs, embeddings and upscalers that requests can
     *     name, and the precision, which should be the same in each run. Default: a pipeline
     *     without folders
     * @return this builder
     */
    public Builder pipeline(Function<Checkpoint, Pipeline> pipeline) {
      drawing.pipeline(pipeline);
      return this;
    }

    /**
     * Sets who is told of progress and results.
     *
     * @param listener default: nobody
     * @return this builder
     */
    public Builder listener(BatchListener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Sets whether requests are drawn that failed in an earlier run.
     *
     * @param retryFailed default false, as most would fail again
     * @return this builder
     */
    public Builder retryFailed(boolean retryFailed) {
      this.retryFailed = retryFailed;
      return this;
    }

    /**
     * Adds a folder whose upscalers requests can name; the pipelines must have it too. Default:
     * none, but those that need no file.
     *
     * @param directory see {@link Pipeline.Builder#upscalerDirectory}
     * @return this builder
     */
    public Builder upscalerDirectory(Path directory) {
      drawing.upscalerDirectory(directory);
      return this;
    }

    /**
     * Adds a folder whose ControlNets and T2I-Adapters requests can name. Default: none; paths can
     * be named in any case.
     *
     * @param directory folders inside it do not count
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
