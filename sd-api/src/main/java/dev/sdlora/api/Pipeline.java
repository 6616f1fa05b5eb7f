package dev.sdlora.api;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.UpscalerNetwork;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.DeviceNames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.UnaryOperator;

/**
 * Turns prompts into images with one checkpoint.
 *
 * <h2>Share it</h2>
 *
 * Building reads all weights, two gigabytes and more for a full-size model. Keep one pipeline for
 * each checkpoint and {@linkplain #close() close} it when done: it owns native memory that the
 * garbage collector does not see.
 *
 * <h2>Threads</h2>
 *
 * Safe to call from many threads. Generations start in the order of arrival, one at a time unless
 * {@link Builder#concurrency} says otherwise, each with all processor cores.
 *
 * <h2>Limits</h2>
 *
 * Before a request takes memory its need is estimated from its sizes, its batch and the networks,
 * and compared with {@link Builder#maxPixels} and {@link Builder#maxBytes}, by default what the
 * machine or container has left. What does not fit is refused with a {@link ResourceException};
 * what does not fit beside other requests waits for them. A request that stops for any reason gives
 * back all that it holds.
 *
 * <h2>LoRA</h2>
 *
 * LoRAs belong to a {@link PromptSpec}, never to the pipeline. {@link LoraMode} says how they get
 * into the computation. Patched weights are restored, bit for bit, before a request that does not
 * name the same LoRAs, and as soon as a request that used them fails or is cancelled and no other
 * one uses them. A LoRA that cannot be used is an error, unless the request is {@linkplain
 * PromptSpec.Builder#lenient lenient}; the pipeline is usable in any case.
 *
 * <h2>The checkpoint file</h2>
 *
 * Restoring reads the original weights from the file again, so it must stay in place while the
 * pipeline is open. When it has changed, requests that need it fail with a {@link
 * TensorFileException}.
 */
public interface Pipeline extends AutoCloseable {

  /** {@return a builder, of which only the checkpoint is required} */
  static Builder builder() {
    return new Builder();
  }

  /** {@return the checkpoint that this pipeline runs} */
  Checkpoint checkpoint();

  /** {@return the LoRA files that prompts can name} */
  LoraLibrary loras();

  /** {@return the textual inversion embeddings that prompts can name} */
  EmbeddingLibrary embeddings();

  /** {@return the names of the hypernetworks that prompts can name, sorted} */
  default List<String> hypernetworks() {
    return List.of();
  }

  /** {@return the refiner that a {@link PromptSpec#refinerSwitch} switches to, if there is one} */
  default Optional<Checkpoint> refiner() {
    return Optional.empty();
  }

  /**
   * Makes one image of a prompt, with the settings that the checkpoint recommends ({@link
   * Checkpoint#defaults()}), a random seed, and the size that the model was made for.
   *
   * @param prompt in A1111's syntax, LoRA tags included
   * @return the image, {@link GenerationResult#first()}, with warnings and a report for each LoRA
   * @throws StableDiffusionException as {@link #generate(PromptSpec)}
   */
  default GenerationResult generate(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return generate(checkpoint().defaults().toBuilder().prompt(prompt).build());
  }

  /**
   * Makes the images of a spec and returns when they are done.
   *
   * @param spec what to make; {@link PromptSpec#images()} says how many images
   * @return the images, with what was warned of and what LoRAs did
   * @throws PromptSyntaxException if a prompt has a LoRA tag that cannot be understood
   * @throws LoraException if a LoRA is unknown, does not fit the checkpoint, or matches none of its
   *     layers
   * @throws EmbeddingException if a prompt names an embedding that does not fit the checkpoint or
   *     cannot be read
   * @throws GenerationCancelledException if the calling thread is interrupted, before or during the
   *     work
   * @throws ResourceException if the request needs more than the limits of this pipeline allow, or
   *     memory runs out on the way
   * @throws StableDiffusionException if the engine fails for another reason
   * @throws IllegalArgumentException if the spec asks for something this checkpoint cannot do, or
   *     has more masks or control units than {@link Builder#requestLimits} allows
   * @throws IllegalStateException if the pipeline is closed
   */
  default GenerationResult generate(PromptSpec spec) {
    Objects.requireNonNull(spec, "spec");
    return generate(spec, GenerationListener.NONE);
  }

  /**
   * Makes the images of a spec, watched by a listener; see {@link #generate(PromptSpec)}, also for
   * what it throws.
   *
   * @param spec what to make
   * @param listener is told of steps and images while they are made
   * @return what {@link #generate(PromptSpec)} returns
   */
  GenerationResult generate(PromptSpec spec, GenerationListener listener);

  /**
   * Makes the images in the background, watched by nobody; see {@link #generateAsync(PromptSpec,
   * GenerationListener)}.
   *
   * @param spec what to make
   * @return completes with the result or an exception; completing it stops the work
   * @throws IllegalStateException if the pipeline is closed
   */
  default CompletableFuture<GenerationResult> generateAsync(PromptSpec spec) {
    Objects.requireNonNull(spec, "spec");
    return generateAsync(spec, GenerationListener.NONE);
  }

  /**
   * Makes the images of a spec on a thread of the pipeline.
   *
   * <p>Completing the future in any way, by {@code cancel}, {@code orTimeout} or {@code complete},
   * stops the work at the end of the network evaluation that is under way, within one step; the
   * pipeline is then ready for the next request with its weights as loaded. A request that waits
   * gives up its place, and what it holds, at once. Futures that are derived from it, by {@code
   * thenApply} say, do not reach back.
   *
   * <p>What depends on the future never runs on a thread that generates, so it may call this
   * pipeline, wait for it, and close it.
   *
   * @param spec what to make
   * @param listener is told of steps and images while they are made
   * @return completes, whatever happens, with the result or with the exceptions of {@link
   *     #generate(PromptSpec)}
   * @throws IllegalStateException if the pipeline is closed
   */
  CompletableFuture<GenerationResult> generateAsync(PromptSpec spec, GenerationListener listener);

  /**
   * Makes the images of a spec for whoever subscribes, and tells how far it is; by the rules of
   * Reactive Streams.
   *
   * <p>Every subscriber has a request of its own, which enters the queue with the first {@code
   * request(n)}. Cancelling the subscription cancels it as completing the future of {@link
   * #generateAsync(PromptSpec, GenerationListener)} does. What that future would end with arrives
   * by {@code onError}: the exceptions of {@link #generate(PromptSpec)}, a closed pipeline
   * included. {@code request(0)} ends the stream with an {@link IllegalArgumentException}.
   *
   * <p>The work never waits for the subscriber. Of steps that it has not asked for yet only the
   * latest is kept; all other events are kept until they are asked for, with their images. A
   * preview is made for each step that was asked for when it was done. A failure overtakes what
   * waits, but for images.
   *
   * <p>Subscribers are called on a thread that does not generate, one call at a time, so they may
   * wait, call this pipeline and close it. If one throws, that counts as cancelling, and the
   * exception ends the thread.
   *
   * @param spec what to make
   * @return does nothing until somebody subscribes; can be used any number of times
   */
  default Flow.Publisher<GenerationEvent> stream(PromptSpec spec) {
    Objects.requireNonNull(spec, "spec");
    return new GenerationPublisher(this, spec);
  }

  /**
   * {@return the number format that the networks compute in} It is the one that was asked for, or
   * the one that {@link Precision#AUTO} has chosen.
   */
  Precision precision();

  /** {@return how many generations may run at the same time} See {@link Builder#concurrency}. */
  int concurrency();

  /**
   * {@return how many tensors this pipeline holds outside Java's heap at the moment} The number is
   * the same whenever no request is under way, but for one step: the half of the VAE that encodes
   * images is read by the first request that needs it. For tests and monitoring.
   */
  int liveTensors();

  /**
   * {@return the bytes of memory outside Java's heap that native code of this process holds, those
   * of all pipelines together} The C library counts them: weights, tensors and programs of the
   * engine, and what the JVM itself allocates there, but neither the memory of GPUs nor mapped
   * files. Empty on systems other than Linux with glibc 2.33 or later. For monitoring.
   */
  static OptionalLong nativeBytes() {
    return Services.find(Backend.Pipelines.class).nativeBytes();
  }

  /**
   * Starts to load the native libraries, on a thread of its own, and returns at once. For a program
   * that will soon build its first pipeline and has something else to do before, such as opening
   * the checkpoint: the build then waits for what is missing only. With a checkpoint of full size,
   * whose header takes as long to open as half of the libraries, a pipeline is ready about 0.2 s
   * sooner. When the libraries cannot be loaded, {@link Builder#build()} tells. Does nothing if
   * they are loaded.
   */
  static void warmUp() {
    Services.find(Backend.Pipelines.class).warmUp();
  }

  /**
   * From now on Ctrl-C and {@code kill} end the process at once, in the middle of a computation
   * too. For the shutdown hook of a program that is ending: a JVM that ends ignores them, and a
   * long computation would have to be waited for. Does nothing before the first pipeline is built,
   * and on Windows.
   */
  static void endAtNextSignal() {
    Services.find(Backend.Pipelines.class).endAtNextSignal();
  }

  /**
   * Waits for the requests under way, refuses those that wait, and frees all native memory. Closing
   * twice does nothing more. A listener that never returns is waited for, see {@link
   * #close(Duration)}.
   *
   * @throws IllegalStateException if a listener calls it
   */
  @Override
  void close();

  /**
   * Like {@link #close()}, but cancels requests that are not done after some time: they end with a
   * {@link GenerationCancelledException} within one step, and a listener that waits is interrupted.
   *
   * @param patience how long to wait before that; zero or less for not at all
   * @throws IllegalStateException if a listener calls it
   */
  void close(Duration patience);

  /** Cancels the requests under way and closes; see {@link #close(Duration)}. */
  default void closeNow() {
    close(Duration.ZERO);
  }

  /** Collects what a pipeline needs. Not safe for use by several threads at once. */
  final class Builder {
    private Optional<Checkpoint> checkpoint = Optional.empty();
    private UnaryOperator<CheckpointParts.Builder> parts = UnaryOperator.identity();
    private final List<Path> loraDirectories = new ArrayList<>();
    private final List<Path> embeddingDirectories = new ArrayList<>();
    private final List<Embedding> embeddings = new ArrayList<>();
    private final List<Path> upscalerDirectories = new ArrayList<>();
    private final List<Path> hypernetworkDirectories = new ArrayList<>();
    private final List<Path> controlNets = new ArrayList<>();
    private Optional<Path> previewDecoder = Optional.empty();
    private Optional<PredictionType> predictionType = Optional.empty();
    private Optional<Path> refiner = Optional.empty();
    private Precision precision = Precision.AUTO;
    private MemoryPolicy memoryPolicy = MemoryPolicy.KEEP;
    private String device = "cpu";
    private LoraMode loraMode = LoraMode.AUTO;
    private boolean lenient;
    private int concurrency = 1;
    private boolean closeOnShutdown;
    private long maxPixels = Long.MAX_VALUE;
    private OptionalLong maxBytes = OptionalLong.empty();
    private int maxQueued = 1000;
    private RequestLimits requestLimits = RequestLimits.DEFAULTS;

    private Builder() {}

    /**
     * Sets the model. Required.
     *
     * @param checkpoint its file or folder, and which parts of it to take from elsewhere
     * @return this builder
     */
    public Builder checkpoint(Checkpoint checkpoint) {
      this.checkpoint = Optional.of(Objects.requireNonNull(checkpoint, "checkpoint"));
      return this;
    }

    /**
     * Opens the model of a file or folder, as {@link Checkpoint#open(Path)} does, and sets it.
     *
     * @param file a single file or a diffusers folder
     * @return this builder
     * @throws CheckpointException if it is missing, is not a model, is of an unsupported family, or
     *     has missing or misshapen tensors
     * @throws TensorFileException if a file is damaged or is not a tensor file
     */
    public Builder checkpoint(Path file) {
      return checkpoint(Checkpoint.open(Objects.requireNonNull(file, "file")));
    }

    /**
     * Takes the VAE of a file or folder in place of the checkpoint's; see {@link
     * CheckpointParts.Builder#vae}.
     *
     * @param file default: the VAE that lies beside the checkpoint under its name, else the
     *     checkpoint's own
     * @return this builder
     */
    public Builder vae(Path file) {
      Objects.requireNonNull(file, "file");
      return choose(chosen -> chosen.vae(file));
    }

    /**
     * Sets whether a VAE that lies beside the checkpoint under its name is taken; see {@link
     * CheckpointParts.Builder#vaeBeside}.
     *
     * @param take default true
     * @return this builder
     */
    public Builder vaeBeside(boolean take) {
      return choose(chosen -> chosen.vaeBeside(take));
    }

    /**
     * Takes the text encoder of a file or folder in place of the checkpoint's first.
     *
     * @param file see {@link CheckpointParts.Builder#textEncoder}. Default: the checkpoint's own
     * @return this builder
     */
    public Builder textEncoder(Path file) {
      Objects.requireNonNull(file, "file");
      return choose(chosen -> chosen.textEncoder(file));
    }

    /**
     * Takes the text encoder of a file or folder in place of the checkpoint's second, of SDXL.
     *
     * @param file see {@link CheckpointParts.Builder#textEncoder2}. Default: the checkpoint's own
     * @return this builder
     */
    public Builder textEncoder2(Path file) {
      Objects.requireNonNull(file, "file");
      return choose(chosen -> chosen.textEncoder2(file));
    }

    /**
     * Sets which weights of a diffusers folder are read; see {@link
     * CheckpointParts.Builder#variant}.
     *
     * @param variant what stands in front of the files' extension, such as {@code fp16}. Default:
     *     full precision if it is there, else {@code fp16}
     * @return this builder
     * @throws IllegalArgumentException if it is no part of a file's name
     */
    public Builder variant(String variant) {
      CheckpointParts checked = CheckpointParts.builder().variant(variant).build();
      return choose(chosen -> chosen.variant(checked.variant().orElseThrow()));
    }

    /**
     * Sets whether averaged weights are taken where a file has both; see {@link
     * CheckpointParts.Builder#ema}.
     *
     * @param ema default false
     * @return this builder
     */
    public Builder ema(boolean ema) {
      return choose(chosen -> chosen.ema(ema));
    }

    private Builder choose(UnaryOperator<CheckpointParts.Builder> choice) {
      UnaryOperator<CheckpointParts.Builder> before = parts;
      parts = chosen -> choice.apply(before.apply(chosen));
      return this;
    }

    /**
     * Adds a folder whose LoRA files prompts can name. Default: none.
     *
     * @param directory folders inside it count too
     * @return this builder
     */
    public Builder loraDirectory(Path directory) {
      Objects.requireNonNull(directory, "directory");
      this.loraDirectories.add(directory);
      return this;
    }

    /**
     * Adds a folder with textual inversion embeddings. Where a prompt has the name of one, its
     * vectors take the place of that word. Default: none.
     *
     * @param directory folders inside it count too
     * @return this builder
     */
    public Builder embeddingDirectory(Path directory) {
      Objects.requireNonNull(directory, "directory");
      this.embeddingDirectories.add(directory);
      return this;
    }

    /**
     * Adds a folder whose files requests can name as upscalers: networks of the ESRGAN family, see
     * {@link UpscalerNetwork}. A network is read when a request asks for it, and freed when that is
     * done. Default: none.
     *
     * @param directory folders inside it do not count
     * @return this builder
     */
    public Builder upscalerDirectory(Path directory) {
      Objects.requireNonNull(directory, "directory");
      this.upscalerDirectories.add(directory);
      return this;
    }

    /**
     * Adds a folder with hypernetworks of A1111, which prompts can name in {@code
     * <hypernet:name:0.8>}: small networks that change what the attention layers of the U-Net make
     * their keys and values of. A file is read when a request names it. Several act one behind
     * another. A name that is not there, or one that was made for another family, is an error, or
     * in lenient requests a warning. Default: none.
     *
     * @param directory {@code .pt} files as A1111 trains them, and {@code .safetensors} files with
     *     the same names of tensors; folders inside it count too
     * @return this builder
     */
    public Builder hypernetworkDirectory(Path directory) {
      Objects.requireNonNull(directory, "directory");
      this.hypernetworkDirectories.add(directory);
      return this;
    }

    /**
     * Adds one embedding, which prompts can name. Default: none.
     *
     * @param embedding goes before those of the same name in folders and in LoRA files
     * @return this builder
     */
    public Builder embedding(Embedding embedding) {
      Objects.requireNonNull(embedding, "embedding");
      this.embeddings.add(embedding);
      return this;
    }

    /**
     * Adds a ControlNet or T2I-Adapter that stays in memory while the pipeline is open. Requests
     * may use others too, which are read for them each time. Default: none.
     *
     * @param file a {@code .pth} or {@code .safetensors} file for the checkpoint's family, with the
     *     names of the ControlNet code or of diffusers
     * @return this builder
     */
    public Builder controlNet(Path file) {
      Objects.requireNonNull(file, "file");
      this.controlNets.add(file);
      return this;
    }

    /**
     * Sets the decoder that makes previews, and the images of requests with {@link
     * FinalDecoder#TAESD}. Previews then have the size of the image and show details. Default:
     * none, and a linear guess at the colours.
     *
     * <p>SD 1.x and 2.x need TAESD, SDXL needs TAESDXL ({@code taesdxl_decoder}). Both have the
     * same tensors, so a file of the wrong one cannot be refused; its images have wrong colours.
     *
     * @param file TAESD's decoder, {@code taesd_decoder.pth} or {@code .safetensors}, with its
     *     author's names or those of diffusers
     * @return this builder
     */
    public Builder previewDecoder(Path file) {
      this.previewDecoder = Optional.of(Objects.requireNonNull(file, "file"));
      return this;
    }

    /**
     * Says what the U-Net predicts, where the files do not show it.
     *
     * @param predictionType goes before {@link Checkpoint#predictionType}. Default: what the files
     *     show
     * @return this builder
     */
    public Builder predictionType(PredictionType predictionType) {
      this.predictionType = Optional.of(Objects.requireNonNull(predictionType, "predictionType"));
      return this;
    }

    /**
     * Sets a model that finishes images, such as SDXL's refiner; see {@link
     * PromptSpec.Builder#refinerSwitch}. It stays in memory beside the checkpoint. Its VAE is not
     * read and may be missing. LoRAs do not act on it. Default: none.
     *
     * @param refiner a checkpoint file or a diffusers folder
     * @return this builder
     */
    public Builder refiner(Path refiner) {
      this.refiner = Optional.of(Objects.requireNonNull(refiner, "refiner"));
      return this;
    }

    /**
     * Sets the number format of the computation. Building fails with a {@link
     * StableDiffusionException} if the device does not compute in it. With {@link
     * Precision#FLOAT32} images are alike on processors with and without bfloat16.
     *
     * @param precision default {@link Precision#AUTO}
     * @return this builder
     */
    public Builder precision(Precision precision) {
      this.precision = Objects.requireNonNull(precision, "precision");
      return this;
    }

    /**
     * Sets which networks stay in memory between the stages of a request.
     *
     * @param memoryPolicy default {@link MemoryPolicy#KEEP}
     * @return this builder
     */
    public Builder memoryPolicy(MemoryPolicy memoryPolicy) {
      this.memoryPolicy = Objects.requireNonNull(memoryPolicy, "memoryPolicy");
      return this;
    }

    /**
     * Sets where to compute. The code makes no assumption about the device, but only the CPU is
     * tested.
     *
     * @param device {@code cpu}, the default; or {@code gpu}, the first of NVIDIA's, which may be
     *     written {@code gpu0}, {@code gpu:0}, {@code cuda} and {@code cuda:0} too and needs the
     *     native libraries for CUDA on the class path. The others are {@code gpu1} and so on
     * @return this builder
     * @throws IllegalArgumentException if there is no device of that kind
     */
    public Builder device(String device) {
      Objects.requireNonNull(device, "device");
      this.device = DeviceNames.canonical(device);
      return this;
    }

    /**
     * Sets how LoRAs get into the computation, for requests that do not say so themselves.
     *
     * @param loraMode default {@link LoraMode#AUTO}
     * @return this builder
     */
    public Builder loraMode(LoraMode loraMode) {
      this.loraMode = Objects.requireNonNull(loraMode, "loraMode");
      return this;
    }

    /**
     * Sets whether LoRAs and embeddings that cannot be used (unknown, for another family, damaged,
     * a tag that makes no sense) are left out with a warning in the result, instead of ending the
     * request with an error; for requests that do not say so themselves.
     *
     * @param lenient default false
     * @return this builder
     */
    public Builder lenient(boolean lenient) {
      this.lenient = lenient;
      return this;
    }

    /**
     * Sets how many generations may run at the same time on the one copy of the weights. Those with
     * the same patched LoRAs, with none, and with {@linkplain LoraMode#OVERLAY overlaid} ones do;
     * others wait for each other. A generation keeps all cores busy, two share them and take the
     * memory of two, and with one at a time {@link LoraMode#AUTO} always comes to the same image,
     * bit for bit.
     *
     * @param concurrency at least 1, the default
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder concurrency(int concurrency) {
      this.concurrency = Checks.atLeast(1, concurrency, "concurrency");
      return this;
    }

    /**
     * Sets whether the pipeline closes by itself when the JVM ends: requests under way are
     * cancelled, and the JVM waits for the network evaluation that each is in. Otherwise the
     * process ends in the middle of it. That does no harm either, but listeners hear nothing of it.
     * A program that ends on its own terms closes the pipeline itself.
     *
     * @param closeOnShutdown default false
     * @return this builder
     */
    public Builder closeOnShutdown(boolean closeOnShutdown) {
      this.closeOnShutdown = closeOnShutdown;
      return this;
    }

    /**
     * Sets how many pixels an image may have, at any point on its way: as it is drawn first, after
     * hires fix, and after upscaling.
     *
     * @param maxPixels width times height, at least 1. Default: as many as memory allows
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxPixels(long maxPixels) {
      this.maxPixels = Checks.atLeast(1, maxPixels, "maxPixels");
      return this;
    }

    /**
     * Sets how much memory the requests under way may take together, native memory and Java's heap,
     * on top of the networks of this pipeline.
     *
     * <p>Java's heap has its own limit, {@code -Xmx}, which requests are compared with in any case.
     *
     * @param maxBytes at least 1. Default: what is left when a request starts, by the limits of the
     *     container (cgroups) and by what the system calls available; on systems other than Linux,
     *     the physical memory
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxBytes(long maxBytes) {
      this.maxBytes = OptionalLong.of(Checks.atLeast(1, maxBytes, "maxBytes"));
      return this;
    }

    /**
     * Sets how many requests may wait for one of the {@link #concurrency} places. Another one is
     * refused: its future is completed with a {@link ResourceException}.
     *
     * @param maxQueued 0 to refuse whatever cannot start at once. Default 1000
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxQueued(int maxQueued) {
      this.maxQueued = Checks.atLeast(0, maxQueued, "maxQueued");
      return this;
    }

    /**
     * Sets bounds on what one request may hold: masks, control units, and the pixels of all images
     * given to it. A request that exceeds one is refused before any work, with an {@link
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
     * Reads the weights. The builder can be used further.
     *
     * @return a pipeline that is ready for requests and holds native memory until it is closed
     * @throws IllegalStateException if no checkpoint is set
     * @throws StableDiffusionException if the device is not there, or the native libraries are not
     *     made for it
     * @throws CheckpointException if the checkpoint does not hold what it should, or the refiner is
     *     of another latent space
     * @throws CheckpointException if an upscaler directory is not a folder, or a ControlNet or
     *     preview decoder is something else or for another family of models
     * @throws LoraException if a LoRA directory is not a folder
     * @throws EmbeddingException if an embedding directory is not a folder, or the pipeline is not
     *     lenient and an embedding that was given cannot be read or is for another model
     */
    public Pipeline build() {
      Checkpoint model =
          checkpoint.orElseThrow(() -> new IllegalStateException("checkpoint is not set"));
      return Services.find(Backend.Pipelines.class)
          .open(
              new Backend.Settings(
                  model.toBuilder().parts(parts.apply(model.parts().toBuilder()).build()).build(),
                  loraDirectories,
                  embeddingDirectories,
                  embeddings,
                  upscalerDirectories,
                  hypernetworkDirectories,
                  controlNets,
                  previewDecoder,
                  predictionType,
                  refiner,
                  precision,
                  memoryPolicy,
                  device,
                  loraMode,
                  lenient,
                  concurrency,
                  closeOnShutdown,
                  new Backend.Limits(maxPixels, maxBytes, maxQueued, requestLimits)));
    }
  }
}
