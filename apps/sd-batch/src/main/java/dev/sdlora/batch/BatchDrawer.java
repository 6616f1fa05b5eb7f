package dev.sdlora.batch;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.Style;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.References;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Draws requests one at a time with one checkpoint in memory, without saving the images. Use {@link
 * BatchRunner} to save them in a folder.
 *
 * <p>Not safe for use by several threads at once. A checkpoint is loaded for the first request that
 * names it, and stays in memory until another one is named or the drawer is closed.
 */
public final class BatchDrawer implements AutoCloseable {
  private final Checkpoints checkpoints;
  private final Function<Checkpoint, Pipeline> loading;
  private final Function<Pipeline, RequestReader> reading;
  private final SwitchCount switches = new SwitchCount();

  /**
   * The errors of checkpoints that could not be opened; these are not tried again for each request.
   */
  private final Map<Optional<String>, RuntimeException> unusable = new HashMap<>();

  private Optional<String> open = Optional.empty();
  private @Nullable Pipeline pipeline;

  private BatchDrawer(Builder builder) {
    this.checkpoints = builder.checkpoints();
    this.loading = builder.pipeline;
    this.reading = builder.reading;
  }

  /** {@return a builder of a drawer} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Draws the image of a request.
   *
   * @param request the request
   * @param listener receives the steps, on the thread that draws
   * @return the image, with warnings and a report for each LoRA
   * @throws IllegalArgumentException if the request has an error or an invalid setting
   * @throws GenerationCancelledException if the calling thread is interrupted
   * @throws StableDiffusionException if a file cannot be used or obtained; see {@link #sentence}
   */
  public GenerationResult draw(BatchRequest request, GenerationListener listener) {
    Objects.requireNonNull(listener, "listener");
    request
        .error()
        .ifPresent(
            sentence -> {
              throw new IllegalArgumentException(sentence);
            });
    Pipeline ready = pipeline(request.checkpoint());
    PromptSpec spec = reading.apply(ready).read(CanonicalJson.read(request.settings()));
    switches.count(request);
    return ready.generate(spec, listener);
  }

  /**
   * Allows another try for checkpoints that could not be opened. Without this call, requests that
   * name one fail immediately.
   */
  public void forgetFailures() {
    unusable.clear();
  }

  /**
   * {@return the error message of a failed request, for people}
   *
   * @param failure an exception thrown by {@link #draw}
   */
  public static String sentence(RuntimeException failure) {
    boolean meantForPeople =
        failure instanceof StableDiffusionException
            || failure instanceof IllegalArgumentException
            || failure instanceof IllegalStateException;
    String message = failure.getMessage();
    return meantForPeople && message != null ? message : "unexpected " + failure;
  }

  private Pipeline pipeline(Optional<String> checkpoint) {
    if (pipeline != null && open.equals(checkpoint)) {
      return pipeline;
    }
    RuntimeException known = unusable.get(checkpoint);
    if (known != null) {
      throw known;
    }
    close();
    try {
      Pipeline loaded = loading.apply(checkpoints.open(checkpoint));
      pipeline = loaded;
      open = checkpoint;
      return loaded;
    } catch (GenerationCancelledException e) {
      throw e; // This is not an error of the checkpoint.
    } catch (RuntimeException e) {
      unusable.put(checkpoint, e);
      throw e;
    }
  }

  SwitchCount switches() {
    return switches;
  }

  /** Closes the pipeline; the next request loads its checkpoint again. */
  @Override
  public void close() {
    Pipeline former = pipeline;
    pipeline = null;
    if (former != null) {
      former.close();
    }
  }

  /** Collects the settings of a drawer. Not safe for use by several threads at once. */
  public static final class Builder {
    private Optional<Checkpoint> checkpoint = Optional.empty();
    private final List<Path> checkpointDirectories = new ArrayList<>();
    private Function<Checkpoint, Pipeline> pipeline =
        model -> Pipeline.builder().checkpoint(model).build();
    private final List<Path> upscalerDirectories = new ArrayList<>();
    private final List<Path> controlNetDirectories = new ArrayList<>();
    private List<Style> styles = List.of();
    private Function<Pipeline, RequestReader> reading = this::reader;

    private Builder() {}

    /**
     * Sets a checkpoint that requests can name by its name, wherever its file is.
     *
     * @param checkpoint default: none
     * @return this builder
     */
    public Builder checkpoint(Checkpoint checkpoint) {
      this.checkpoint = Optional.of(Objects.requireNonNull(checkpoint, "checkpoint"));
      return this;
    }

    /**
     * Adds a folder of checkpoints that requests can name.
     *
     * @param directory see {@link BatchRunner.Builder#checkpointDirectory}
     * @return this builder
     */
    public Builder checkpointDirectory(Path directory) {
      checkpointDirectories.add(Objects.requireNonNull(directory, "directory"));
      return this;
    }

    /**
     * Sets the function that creates the pipeline of a checkpoint. The previous pipeline is closed
     * before.
     *
     * @param pipeline see {@link BatchRunner.Builder#pipeline}
     * @return this builder
     */
    public Builder pipeline(Function<Checkpoint, Pipeline> pipeline) {
      this.pipeline = Objects.requireNonNull(pipeline, "pipeline");
      return this;
    }

    /**
     * Adds a folder of upscalers that requests can name; add it to the pipelines too.
     *
     * @param directory see {@link Pipeline.Builder#upscalerDirectory}
     * @return this builder
     */
    public Builder upscalerDirectory(Path directory) {
      upscalerDirectories.add(Objects.requireNonNull(directory, "directory"));
      return this;
    }

    /**
     * Adds a folder of ControlNets and T2I-Adapters that requests can name.
     *
     * @param directory a folder; its subfolders are ignored
     * @return this builder
     */
    public Builder controlNetDirectory(Path directory) {
      controlNetDirectories.add(Objects.requireNonNull(directory, "directory"));
      return this;
    }

    /**
     * Sets the styles that requests can name.
     *
     * @param styles default: none
     * @return this builder
     */
    public Builder styles(List<Style> styles) {
      this.styles = List.copyOf(styles);
      return this;
    }

    /** For tests. */
    Builder reading(Function<Pipeline, RequestReader> reading) {
      this.reading = reading;
      return this;
    }

    Checkpoints checkpoints() {
      return new Checkpoints(checkpoint, checkpointDirectories);
    }

    private RequestReader reader(Pipeline drawing) {
      return new SettingsReader(
          new RequestContext(
              drawing,
              List.copyOf(upscalerDirectories),
              List.copyOf(controlNetDirectories),
              styles,
              new References(Map.of("file", ImageReferences::read)),
              RequestLimits.DEFAULTS.withImages(1),
              true,
              false));
    }

    /** {@return the drawer} */
    public BatchDrawer build() {
      return new BatchDrawer(this);
    }
  }
}
