package dev.sdlora.api;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.Detector;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.image.UpscalerNetwork;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.DeviceNames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * Generates images from prompts with one checkpoint.
 *
 * <h2>Sharing</h2>
 *
 * Building a pipeline reads all weights, two gigabytes and more for a full-size model. Keep one
 * pipeline per checkpoint and {@linkplain #close() close} it when done: it owns native memory that
 * the garbage collector does not manage.
 *
 * <h2>Threads</h2>
 *
 * Thread-safe. Generations start in the order of arrival, one at a time unless {@link
 * Builder#concurrency} is set, and each uses all processor cores.
 *
 * <h2>Limits</h2>
 *
 * Before a request allocates memory, its need is estimated from its sizes, its batch and the
 * networks, and compared with {@link Builder#maxPixels} and {@link Builder#maxBytes}, which default
 * to what is available on the machine or in the container. A request that exceeds a limit is
 * rejected with a {@link ResourceException}; a request that does not fit next to other running
 * requests waits for them. A request that ends for any reason releases everything that it holds.
 *
 * <h2>LoRA</h2>
 *
 * LoRAs belong to a {@link PromptSpec}, never to the pipeline. {@link LoraMode} selects how they
 * are applied. Patched weights are restored, bit for bit, before a request that does not use the
 * same LoRAs, and as soon as a request that used them fails or is cancelled and no other request
 * uses them. A LoRA that cannot be used fails the request unless it is {@linkplain
 * PromptSpec.Builder#lenient lenient}; the pipeline remains usable in any case.
 *
 * <h2>The checkpoint file</h2>
 *
 * Restoring reads the original weights from the file again, so the file must stay in place while
 * the pipeline is open. If it has changed, requests that need it fail with a {@link
 * TensorFileException}.
 */
public interface Pipeline extends AutoCloseable {

  /** {@return a builder; only the checkpoint is required} */
  static Builder builder() {
    return new Builder();
  }

  /** {@return the checkpoint of this pipeline} */
  Checkpoint checkpoint();

  /** {@return the LoRA files that prompts can name} */
  LoraLibrary loras();

  /** {@return the textual inversion embeddings that prompts can name} */
  EmbeddingLibrary embeddings();

  /** {@return the names of the hypernetworks that prompts can name, sorted} */
  default List<String> hypernetworks() {
    return List.of();
  }

  /**
   * {@return the names of the detectors that {@linkplain PromptSpec.Builder#detailPass detail
   * passes} can choose: those of the application, then the files in folders}
   */
  default List<String> detectors() {
    return List.of();
  }

  /**
   * {@return the preprocessors that requests can use, starting with {@link Preprocessor#NONE}: the
   * built-in ones and those whose networks are in the folders of the pipeline}
   */
  default List<Preprocessor> preprocessors() {
    return Preprocessor.builtIn();
  }

  /** {@return the refiner for {@link PromptSpec#refinerSwitch}; empty if there is none} */
  default Optional<Checkpoint> refiner() {
    return Optional.empty();
  }

  /**
   * Generates one image from a prompt, with the settings that the checkpoint recommends ({@link
   * Checkpoint#defaults()}), a random seed, and the size that the model was trained for.
   *
   * @param prompt a prompt in A1111's syntax, including LoRA tags
   * @return the image, {@link GenerationResult#first()}, with warnings and a report for each LoRA
   * @throws StableDiffusionException as {@link #generate(PromptSpec)}
   */
  default GenerationResult generate(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return generate(checkpoint().defaults().toBuilder().prompt(prompt).build());
  }

  /**
   * Checks a request without drawing it: reads its prompts, finds and matches its LoRAs, and
   * estimates its memory, without that of images that a listener may take. Changes no weights and
   * does not wait for running requests. Files may still turn out to be damaged when the request is
   * drawn.
   *
   * @param spec the settings
   * @return the warnings that are known before the request is drawn; empty by default
   * @throws StableDiffusionException if {@link #generate(PromptSpec)} would fail because of a
   *     prompt, a LoRA, a size or memory
   * @throws IllegalArgumentException as {@link #generate(PromptSpec)}
   * @throws IllegalStateException if the pipeline is closed
   */
  default List<String> check(PromptSpec spec) {
    Objects.requireNonNull(spec, "spec");
    return List.of();
  }

  /**
   * Generates the images of a spec and returns when they are done.
   *
   * @param spec the settings, including the {@linkplain PromptSpec#images() number of images}
   * @return the images, with warnings and a report for each LoRA
   * @throws PromptSyntaxException if a prompt contains an invalid LoRA tag
   * @throws LoraException if a LoRA is unknown, does not fit the checkpoint, or matches none of its
   *     layers
   * @throws EmbeddingException if a prompt names an embedding that does not fit the checkpoint or
   *     cannot be read
   * @throws GenerationCancelledException if the calling thread is interrupted, before or during the
   *     work
   * @throws ResourceException if the request exceeds a limit of this pipeline, or memory runs out
   *     during the generation
   * @throws StableDiffusionException if the engine fails for another reason
   * @throws IllegalArgumentException if the spec requires something that this checkpoint does not
   *     support, or has more masks or control units than {@link Builder#requestLimits} allows
   * @throws IllegalStateException if the pipeline is closed
   */
  default GenerationResult generate(PromptSpec spec) {
    Objects.requireNonNull(spec, "spec");
    return generate(spec, GenerationListener.NONE);
  }

  /**
   * Generates the images of a spec with a listener; see {@link #generate(PromptSpec)}, also for
   * exceptions.
   *
   * @param spec the settings
   * @param listener receives the events of steps and images during the generation
   * @return the result of {@link #generate(PromptSpec)}
   */
  GenerationResult generate(PromptSpec spec, GenerationListener listener);

  /**
   * Generates the images in the background without a listener; see {@link
   * #generateAsync(PromptSpec, GenerationListener)}.
   *
   * @param spec the settings
   * @return a future of the result; completing it stops the work
   * @throws IllegalStateException if the pipeline is closed
   */
  default CompletableFuture<GenerationResult> generateAsync(PromptSpec spec) {
    Objects.requireNonNull(spec, "spec");
    return generateAsync(spec, GenerationListener.NONE);
  }

  /**
   * Generates the images of a spec on a thread of the pipeline.
   *
   * <p>Completing the future in any way, such as by {@code cancel}, {@code orTimeout} or {@code
   * complete}, stops the work after the current model call, within one step; the pipeline is then
   * ready for the next request with its original weights. A waiting request immediately gives up
   * its place and everything that it holds. Futures derived from this one, such as by {@code
   * thenApply}, do not stop the work.
   *
   * <p>Dependent stages never run on a generating thread, so they may call this pipeline, wait for
   * it, and close it.
   *
   * @param spec the settings
   * @param listener receives the events of steps and images during the generation
   * @return a future that completes in all cases, with the result or with an exception of {@link
   *     #generate(PromptSpec)}
   * @throws IllegalStateException if the pipeline is closed
   */
  CompletableFuture<GenerationResult> generateAsync(PromptSpec spec, GenerationListener listener);

  /**
   * Returns a publisher that generates the images of a spec for each subscriber and reports the
   * progress, following the rules of Reactive Streams.
   *
   * <p>Every subscriber has its own request, which enters the queue with the first {@code
   * request(n)}. Cancelling the subscription cancels the request, as completing the future of
   * {@link #generateAsync(PromptSpec, GenerationListener)} does. Failures are delivered to {@code
   * onError}: the exceptions of {@link #generate(PromptSpec)}, including that of a closed pipeline.
   * {@code request(0)} ends the stream with an {@link IllegalArgumentException}.
   *
   * <p>The work never waits for the subscriber. Among steps without demand only the latest is kept;
   * all other events, including images, are kept until they are requested. A preview is computed
   * for each step for which there was demand when it finished. A failure overtakes all pending
   * events except images.
   *
   * <p>Subscribers are called on a thread that does not generate, one call at a time, so they may
   * wait, call this pipeline and close it. If a subscriber throws, its request is cancelled, and
   * the exception ends the thread.
   *
   * @param spec the settings
   * @return a publisher that does nothing until it is subscribed to and can be used any number of
   *     times
   */
  default Flow.Publisher<GenerationEvent> stream(PromptSpec spec) {
    Objects.requireNonNull(spec, "spec");
    return new GenerationPublisher(this, spec);
  }

  /**
   * {@return the precision of the networks} It is the requested one, or the one that {@link
   * Precision#AUTO} selected.
   */
  Precision precision();

  /**
   * {@return the name of the device that computes: {@code cpu}, {@code gpu0}, {@code mps}} A
   * pipeline without weights returns the requested one, and one over several devices the first.
   */
  String device();

  /**
   * {@return the format in which most weights of the denoiser are held in memory} It is named as by
   * {@link Checkpoint#storage()}: a quantised format such as {@code Q8_0} or {@code float8_e4m3},
   * {@code int8} for weights that the pipeline rounds to 8 bits, or a dtype such as {@code
   * bfloat16}. By default the precision.
   *
   * @see Builder#weights
   */
  default String storage() {
    return precision().name().toLowerCase(Locale.ROOT);
  }

  /**
   * {@return the number of generations that may run at the same time} See {@link
   * Builder#concurrency}.
   */
  int concurrency();

  /**
   * {@return the number of tensors that this pipeline currently holds outside Java's heap} The
   * number is constant while no request is running, except for one increase: the first request that
   * needs the VAE's encoder reads it. For tests and monitoring.
   */
  int liveTensors();

  /**
   * {@return the bytes of memory outside Java's heap held by native code of this process, for all
   * pipelines together} The number comes from the C library. It includes weights, tensors and
   * programs of the engine, and the JVM's own allocations there, but neither GPU memory nor mapped
   * files. Empty on systems other than Linux with glibc 2.33 or later. For monitoring.
   */
  static OptionalLong nativeBytes() {
    return Services.find(Backend.Pipelines.class).nativeBytes();
  }

  /**
   * Starts loading the native libraries on a separate thread and returns at once. Useful for a
   * program that will soon build its first pipeline and has other work to do first, such as opening
   * the checkpoint: the build then waits only for the rest. With a full-size checkpoint, whose
   * header takes as long to open as half of the libraries, a pipeline is ready about 0.2 s sooner.
   * If the libraries cannot be loaded, {@link Builder#build()} reports it. Does nothing if they are
   * already loaded.
   */
  static void warmUp() {
    Services.find(Backend.Pipelines.class).warmUp();
  }

  /**
   * Makes Ctrl-C and {@code kill} end the process at once from now on, even in the middle of a
   * computation. Intended for the shutdown hook of a program that is ending: a JVM that is shutting
   * down ignores these signals, and would have to wait for a long computation. Does nothing before
   * the first pipeline is built, and on Windows.
   */
  static void endAtNextSignal() {
    Services.find(Backend.Pipelines.class).endAtNextSignal();
  }

  /**
   * Waits for running requests, rejects waiting requests, and frees all native memory. Closing
   * twice has no effect. It also waits for a listener that never returns; see {@link
   * #close(Duration)}.
   *
   * @throws IllegalStateException if a listener calls this method
   */
  @Override
  void close();

  /**
   * Like {@link #close()}, but cancels requests that are still running after some time: they end
   * with a {@link GenerationCancelledException} within one step, and a waiting listener is
   * interrupted.
   *
   * @param patience the time to wait before cancelling; zero or less to cancel at once
   * @throws IllegalStateException if a listener calls this method
   */
  void close(Duration patience);

  /** Cancels the running requests and closes the pipeline; see {@link #close(Duration)}. */
  default void closeNow() {
    close(Duration.ZERO);
  }

  /** Builds a pipeline. Not thread-safe. */
  final class Builder {
    private Optional<Checkpoint> checkpoint = Optional.empty();
    private final List<Path> loraDirectories = new ArrayList<>();
    private final List<Path> embeddingDirectories = new ArrayList<>();
    private final List<Embedding> embeddings = new ArrayList<>();
    private final List<Path> upscalerDirectories = new ArrayList<>();
    private final List<Detector> detectors = new ArrayList<>();
    private final List<Path> detectorDirectories = new ArrayList<>();
    private final List<Path> preprocessorDirectories = new ArrayList<>();
    private final List<Path> hypernetworkDirectories = new ArrayList<>();
    private final List<Path> controlNets = new ArrayList<>();
    private final List<Path> ipAdapters = new ArrayList<>();
    private final List<Path> imageEncoders = new ArrayList<>();
    private Optional<Path> previewDecoder = Optional.empty();
    private Optional<PredictionType> predictionType = Optional.empty();
    private Optional<Path> refiner = Optional.empty();
    private Precision precision = Precision.AUTO;
    private WeightFormat weights = WeightFormat.AS_STORED;
    private MemoryPolicy memoryPolicy = MemoryPolicy.KEEP;
    private Optional<String> engine = Optional.empty();
    private String device = DeviceNames.AUTO;
    private LoraMode loraMode = LoraMode.AUTO;
    private boolean lenient;
    private int concurrency = 1;
    private boolean closeOnShutdown;
    private boolean withoutWeights;
    private long maxPixels = Long.MAX_VALUE;
    private OptionalLong maxBytes = OptionalLong.empty();
    private int maxQueued = 1000;
    private RequestLimits requestLimits = RequestLimits.DEFAULTS;

    private Builder() {}

    /**
     * Sets the model. Required. {@link Checkpoint#open(Path, CheckpointParts)} opens one with
     * another VAE, other text encoders or another variant of its weights.
     *
     * @param checkpoint the file or folder of the model, with the parts to read from other files
     * @return this builder
     */
    public Builder checkpoint(Checkpoint checkpoint) {
      this.checkpoint = Optional.of(Objects.requireNonNull(checkpoint, "checkpoint"));
      return this;
    }

    /**
     * Opens the model from a file or folder, as {@link Checkpoint#open(Path)} does, and sets it.
     *
     * @param file a single file or a diffusers folder
     * @return this builder
     * @throws CheckpointException if the file is missing, is not a model, is of an unsupported
     *     family, or has missing or misshapen tensors
     * @throws TensorFileException if a file is damaged or is not a tensor file
     */
    public Builder checkpoint(Path file) {
      return checkpoint(Checkpoint.open(Objects.requireNonNull(file, "file")));
    }

    /**
     * Adds a folder with LoRA files that prompts can name. Default: none.
     *
     * @param directory a folder, searched with its subfolders
     * @return this builder
     */
    public Builder loraDirectory(Path directory) {
      Objects.requireNonNull(directory, "directory");
      this.loraDirectories.add(directory);
      return this;
    }

    /**
     * Adds a folder with textual inversion embeddings. An embedding's name in a prompt is replaced
     * by its vectors. Default: none.
     *
     * @param directory a folder, searched with its subfolders
     * @return this builder
     */
    public Builder embeddingDirectory(Path directory) {
      Objects.requireNonNull(directory, "directory");
      this.embeddingDirectories.add(directory);
      return this;
    }

    /**
     * Adds a folder with upscaler networks of the ESRGAN family that requests can name; see {@link
     * UpscalerNetwork}. A network is read when a request uses it, and freed afterwards. Default:
     * none.
     *
     * @param directory a folder, searched without its subfolders
     * @return this builder
     */
    public Builder upscalerDirectory(Path directory) {
      Objects.requireNonNull(directory, "directory");
      this.upscalerDirectories.add(directory);
      return this;
    }

    /**
     * Adds a detector that {@link PromptSpec.Builder#detailPass detail passes} can name. Default:
     * none.
     *
     * @param detector takes precedence over a file of the same name in folders; the caller closes
     *     it after the pipeline
     * @return this builder
     */
    public Builder detector(Detector detector) {
      Objects.requireNonNull(detector, "detector");
      this.detectors.add(detector);
      return this;
    }

    /**
     * Adds a folder with detectors in ONNX files, which {@link PromptSpec.Builder#detailPass detail
     * passes} can name by the name of the file, such as {@code face_yolov8n}, or by its beginning,
     * such as {@code face}. A file is opened when a request first names it, and stays open while
     * the pipeline is. Requires sd-onnx; see {@link Detector#open}. Default: none.
     *
     * @param directory a folder, searched without its subfolders
     * @return this builder
     */
    public Builder detectorDirectory(Path directory) {
      Objects.requireNonNull(directory, "directory");
      this.detectorDirectories.add(directory);
      return this;
    }

    /**
     * Adds a folder with the ONNX files of {@link Preprocessor preprocessors} that run a network,
     * such as {@code depth_anything_v2}. Requires sd-onnx. Default: none.
     *
     * @param directory a folder, searched with its subfolders
     * @return this builder
     */
    public Builder preprocessorDirectory(Path directory) {
      Objects.requireNonNull(directory, "directory");
      this.preprocessorDirectories.add(directory);
      return this;
    }

    /**
     * Adds a folder with A1111's hypernetworks, which prompts can name in {@code
     * <hypernet:name:0.8>}: small networks that change the inputs for the keys and values of the
     * U-Net's attention layers. A file is read when a request names it. Several hypernetworks are
     * applied one after another. A name that is unknown or belongs to another model family fails
     * the request, or causes a warning if the request is lenient. Default: none.
     *
     * @param directory a folder, searched with its subfolders, with {@code .pt} files as A1111
     *     trains them or {@code .safetensors} files with the same tensor names
     * @return this builder
     */
    public Builder hypernetworkDirectory(Path directory) {
      Objects.requireNonNull(directory, "directory");
      this.hypernetworkDirectories.add(directory);
      return this;
    }

    /**
     * Adds an embedding that prompts can name. Default: none.
     *
     * @param embedding takes precedence over embeddings of the same name in folders and in LoRA
     *     files
     * @return this builder
     */
    public Builder embedding(Embedding embedding) {
      Objects.requireNonNull(embedding, "embedding");
      this.embeddings.add(embedding);
      return this;
    }

    /**
     * Adds a ControlNet or T2I-Adapter that stays in memory while the pipeline is open. Requests
     * may use others, too, which are read for each request. Default: none.
     *
     * @param file a {@code .pth} or {@code .safetensors} file for the checkpoint's family, with the
     *     tensor names of the ControlNet code or of diffusers
     * @return this builder
     */
    public Builder controlNet(Path file) {
      Objects.requireNonNull(file, "file");
      this.controlNets.add(file);
      return this;
    }

    /**
     * Adds an IP-Adapter that stays in memory while the pipeline is open. Requests may use others,
     * too, which are read for each request. Default: none.
     *
     * @param file a {@code .safetensors} or {@code .bin} file for SD 1.x or SDXL, with the tensor
     *     names of its authors
     * @return this builder
     */
    public Builder ipAdapter(Path file) {
      Objects.requireNonNull(file, "file");
      this.ipAdapters.add(file);
      return this;
    }

    /**
     * Adds a CLIP vision encoder for {@link PromptSpec.Builder#imagePrompt image prompts}; an
     * adapter uses the one of its width. It is read by the first request with a new image. Default:
     * a folder {@code image_encoder} next to the adapter, or in the folder {@code models} next to
     * the adapter's.
     *
     * @param file ViT-H/14 or ViT-bigG/14 with the tensor names of transformers or OpenCLIP, {@code
     *     .safetensors} or {@code .bin}, or the folder of such a file
     * @return this builder
     */
    public Builder imageEncoder(Path file) {
      Objects.requireNonNull(file, "file");
      this.imageEncoders.add(file);
      return this;
    }

    /**
     * Sets the decoder for previews and for the images of requests with {@link FinalDecoder#TAESD}.
     * Previews then have the size of the image and show details. Default: none; previews use a
     * linear approximation of the colours.
     *
     * <p>SD 1.x and 2.x need TAESD, SDXL needs TAESDXL ({@code taesdxl_decoder}). Both have the
     * same tensors, so the wrong file cannot be rejected; its images have wrong colours. Z-Image
     * needs TAEF1 ({@code taef1_decoder}), FLUX.2 needs TAEF2 ({@code taef2_decoder}); both only
     * for previews.
     *
     * @param file TAESD's decoder, {@code taesd_decoder.pth} or {@code .safetensors}, with the
     *     tensor names of its author or of diffusers
     * @return this builder
     */
    public Builder previewDecoder(Path file) {
      this.previewDecoder = Optional.of(Objects.requireNonNull(file, "file"));
      return this;
    }

    /**
     * Sets the prediction type of the U-Net, for files that do not show it.
     *
     * @param predictionType takes precedence over {@link Checkpoint#predictionType}. Default:
     *     detected from the files
     * @return this builder
     */
    public Builder predictionType(PredictionType predictionType) {
      this.predictionType = Optional.of(Objects.requireNonNull(predictionType, "predictionType"));
      return this;
    }

    /**
     * Sets a model that finishes images, such as SDXL's refiner; see {@link
     * PromptSpec.Builder#refinerSwitch}. It stays in memory in addition to the checkpoint. Its VAE
     * is not read and may be missing. LoRAs do not affect it. Default: none.
     *
     * @param refiner a checkpoint file or a diffusers folder
     * @return this builder
     */
    public Builder refiner(Path refiner) {
      this.refiner = Optional.of(Objects.requireNonNull(refiner, "refiner"));
      return this;
    }

    /**
     * Sets the precision of the computation. Building fails with a {@link StableDiffusionException}
     * if the device does not support it. With {@link Precision#FLOAT32}, processors with and
     * without bfloat16 generate the same images.
     *
     * @param precision default {@link Precision#AUTO}
     * @return this builder
     */
    public Builder precision(Precision precision) {
      this.precision = Objects.requireNonNull(precision, "precision");
      return this;
    }

    /**
     * Sets the format in which weights are held in memory. Building fails with a {@link
     * StableDiffusionException} if it is {@link WeightFormat#FLOAT32} and the computation is in
     * less precision.
     *
     * @param weights default {@link WeightFormat#AS_STORED}
     * @return this builder
     */
    public Builder weights(WeightFormat weights) {
      this.weights = Objects.requireNonNull(weights, "weights");
      return this;
    }

    /**
     * Sets the networks that stay in memory between the stages of a request.
     *
     * @param memoryPolicy default {@link MemoryPolicy#KEEP}
     * @return this builder
     */
    public Builder memoryPolicy(MemoryPolicy memoryPolicy) {
      this.memoryPolicy = Objects.requireNonNull(memoryPolicy, "memoryPolicy");
      return this;
    }

    /**
     * Sets the device.
     *
     * @param device {@code auto}, the default: the first GPU that an engine supports, otherwise the
     *     processor; {@code cpu}, the processor; {@code gpu}, the first NVIDIA GPU, with the
     *     aliases {@code gpu0}, {@code gpu:0}, {@code cuda} and {@code cuda:0}, further ones are
     *     {@code gpu1} and so on; {@code mps}, the GPU of an Apple processor. GPUs need native
     *     libraries for them: see docs/natives.md
     * @return this builder
     * @throws IllegalArgumentException if the name is invalid
     */
    public Builder device(String device) {
      this.device = DeviceNames.canonical(Objects.requireNonNull(device, "device"));
      return this;
    }

    /**
     * Sets the engine that computes. A process uses one engine, that of its first pipeline.
     *
     * @param engine {@code djl}, DJL's PyTorch; or {@code libtorch}, the module sd-libtorch.
     *     Default: the environment variable {@code SDLORA_ENGINE} or the system property {@code
     *     sdlora.engine}; otherwise the one on the class path that has the device, and {@code djl}
     *     if both have it. {@link #build} throws if the engine is missing, or another one computes
     * @return this builder
     */
    public Builder engine(String engine) {
      this.engine = Optional.of(Objects.requireNonNull(engine, "engine"));
      return this;
    }

    /**
     * Sets how LoRAs are applied, for requests that do not set it.
     *
     * @param loraMode default {@link LoraMode#AUTO}
     * @return this builder
     */
    public Builder loraMode(LoraMode loraMode) {
      this.loraMode = Objects.requireNonNull(loraMode, "loraMode");
      return this;
    }

    /**
     * Sets whether requests that do not say so skip LoRAs and embeddings that cannot be used, with
     * a warning: unknown names, other model families, damaged files and invalid tags.
     *
     * @param lenient default false
     * @return this builder
     */
    public Builder lenient(boolean lenient) {
      this.lenient = lenient;
      return this;
    }

    /**
     * Sets the number of generations that may run at the same time on a single copy of the weights.
     * Generations can run together if they have the same patched LoRAs, no LoRAs, or {@linkplain
     * LoraMode#OVERLAY overlaid} ones; others wait for each other. A generation uses all cores: two
     * share them and need twice the memory. With one at a time, {@link LoraMode#AUTO} always gives
     * the same image, bit for bit.
     *
     * @param concurrency at least 1. Default 1
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder concurrency(int concurrency) {
      this.concurrency = Checks.atLeast(1, concurrency, "concurrency");
      return this;
    }

    /**
     * Sets whether the pipeline closes itself when the JVM ends: running requests are cancelled,
     * and the JVM waits for the current model call of each. Otherwise the process ends in the
     * middle of it, which is harmless, but listeners are not notified.
     *
     * @param closeOnShutdown default false
     * @return this builder
     */
    public Builder closeOnShutdown(boolean closeOnShutdown) {
      this.closeOnShutdown = closeOnShutdown;
      return this;
    }

    /**
     * Sets whether the pipeline reads only the headers of files and never their weights, for a
     * program that accepts requests and lets others draw them: it lists what requests can name, and
     * refuses to draw with an {@link IllegalStateException}.
     *
     * @param withoutWeights default false
     * @return this builder
     */
    public Builder withoutWeights(boolean withoutWeights) {
      this.withoutWeights = withoutWeights;
      return this;
    }

    /**
     * Sets the largest number of pixels of an image at any stage: in the first pass, after hires
     * fix, and after upscaling.
     *
     * @param maxPixels width times height, at least 1. Default: as many as memory allows
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder maxPixels(long maxPixels) {
      this.maxPixels = Checks.atLeast(1, maxPixels, "maxPixels");
      return this;
    }

    /**
     * Sets how much memory all running requests together may use, native memory and Java's heap, in
     * addition to the networks of this pipeline.
     *
     * <p>Java's heap has its own limit, {@code -Xmx}, which always applies to requests.
     *
     * @param maxBytes at least 1. Default: the memory available when a request starts, by the
     *     container's limits (cgroups) and the system; on other systems than Linux, all memory
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder maxBytes(long maxBytes) {
      this.maxBytes = OptionalLong.of(Checks.atLeast(1, maxBytes, "maxBytes"));
      return this;
    }

    /**
     * Sets how many requests may wait for one of the {@link #concurrency} places. A further request
     * is rejected: its future completes with a {@link ResourceException}.
     *
     * @param maxQueued at least 0; 0 rejects every request that cannot start at once. Default 1000
     * @return this builder
     * @throws IllegalArgumentException if the number is negative
     */
    public Builder maxQueued(int maxQueued) {
      this.maxQueued = Checks.atLeast(0, maxQueued, "maxQueued");
      return this;
    }

    /**
     * Sets limits for a single request: the number of masks and control units, and the pixels of
     * all its input images. A request that exceeds one is rejected before any work, with an {@link
     * IllegalArgumentException} or, for pixels, a {@link ResourceException}.
     *
     * @param requestLimits default {@link RequestLimits#DEFAULTS}
     * @return this builder
     */
    public Builder requestLimits(RequestLimits requestLimits) {
      this.requestLimits = Objects.requireNonNull(requestLimits, "requestLimits");
      return this;
    }

    /**
     * Reads the weights. The builder can be reused.
     *
     * @return a pipeline that is ready for requests and holds native memory until it is closed
     * @throws IllegalStateException if no checkpoint is set
     * @throws StableDiffusionException if the device is not available, or the native libraries do
     *     not support it
     * @throws CheckpointException if the checkpoint is incomplete or invalid, or the refiner has
     *     another latent space
     * @throws CheckpointException if an upscaler directory is not a folder, or a ControlNet,
     *     IP-Adapter, vision encoder or preview decoder is of another kind or for another model
     *     family
     * @throws LoraException if a LoRA directory is not a folder
     * @throws EmbeddingException if an embedding directory is not a folder, or the pipeline is not
     *     lenient and an added embedding cannot be read or is for another model
     */
    public Pipeline build() {
      Checkpoint model =
          checkpoint.orElseThrow(() -> new IllegalStateException("checkpoint is not set"));
      return Services.find(Backend.Pipelines.class)
          .open(
              new Backend.Settings(
                  model,
                  loraDirectories,
                  embeddingDirectories,
                  embeddings,
                  upscalerDirectories,
                  detectors,
                  detectorDirectories,
                  preprocessorDirectories,
                  hypernetworkDirectories,
                  controlNets,
                  ipAdapters,
                  imageEncoders,
                  previewDecoder,
                  predictionType,
                  refiner,
                  precision,
                  weights,
                  memoryPolicy,
                  engine,
                  device,
                  loraMode,
                  lenient,
                  concurrency,
                  closeOnShutdown,
                  withoutWeights,
                  new Backend.Limits(maxPixels, maxBytes, maxQueued, requestLimits)));
    }
  }
}
