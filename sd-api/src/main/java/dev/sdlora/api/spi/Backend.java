package dev.sdlora.api.spi;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.DeviceInfo;
import dev.sdlora.api.DynamicPrompts;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Recovery;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.TimeEstimate;
import dev.sdlora.api.image.Detector;
import dev.sdlora.api.lora.LoraConflicts;
import dev.sdlora.api.lora.LoraDetails;
import dev.sdlora.api.lora.LoraEffect;
import dev.sdlora.api.lora.LoraFit;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.model.CheckpointDistance;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.model.WeightFormat;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.ServiceLoader;

/**
 * The service interfaces behind the public API, one for each concern. They are found by {@link
 * ServiceLoader} and implemented by sd-pipeline. Callers of the library do not need them. The
 * contracts are those of the API methods that call them. All are thread-safe.
 */
public final class Backend {
  private Backend() {}

  /** Opens pipelines, and describes devices. */
  public interface Pipelines {
    /**
     * Implements {@link Pipeline.Builder#build()}.
     *
     * @param settings the settings collected by the builder
     * @return the open pipeline
     */
    Pipeline open(Settings settings);

    /**
     * Implements {@link DeviceInfo#of}.
     *
     * @param device the canonical name: {@code gpu0}, not {@code cuda}
     * @return the properties of the device
     */
    DeviceInfo describe(String device);

    /**
     * Implements {@link Checkpoint#estimateTime()}.
     *
     * @param checkpoint the checkpoint
     * @return the estimate
     */
    TimeEstimate estimateTime(Checkpoint checkpoint);

    /** Implements {@link Pipeline#warmUp()}. */
    void warmUp();

    /**
     * Implements {@link Pipeline#nativeBytes()}.
     *
     * @return bytes; empty if they are unknown
     */
    OptionalLong nativeBytes();

    /** Implements {@link Pipeline#endAtNextSignal()}. */
    void endAtNextSignal();
  }

  /** Reads the headers of files with weights. */
  public interface Files {
    /**
     * Implements {@link Checkpoint#open(Path, CheckpointParts)}.
     *
     * @param path a checkpoint file or a diffusers folder
     * @param parts the choice of its files and tensors
     * @return the checkpoint, with names and shapes read
     */
    Checkpoint openCheckpoint(Path path, CheckpointParts parts);

    /**
     * Implements {@link Checkpoint#distanceTo}.
     *
     * @param from the checkpoint whose weights the distance is relative to
     * @param to the other checkpoint
     * @return the distance
     */
    CheckpointDistance distance(Checkpoint from, Checkpoint to);

    /**
     * Implements {@link Checkpoint#sha256}.
     *
     * @param file a file
     * @return its SHA-256, 64 hexadecimal digits in lower case
     */
    String sha256(Path file);

    /**
     * Implements {@link Checkpoint#knownSha256}.
     *
     * @param file a file
     * @return its SHA-256; empty if it would have to be read
     */
    Optional<String> knownSha256(Path file);
  }

  /** Opens and inspects LoRA files. */
  public interface Loras {
    /**
     * Implements {@link LoraAdapter#open}.
     *
     * @param path a LoRA file
     * @return the adapter, at strength 1
     */
    LoraAdapter open(Path path);

    /**
     * Implements {@link LoraLibrary#open}.
     *
     * @param folders the folders to search, with their subfolders
     * @return the library
     */
    LoraLibrary openLibrary(List<Path> folders);

    /**
     * Implements {@link LoraAdapter#kinds()}.
     *
     * @param lora the adapter of the file
     * @return the kinds of its changes, most frequent first
     */
    List<String> kinds(LoraAdapter lora);

    /**
     * Implements {@link LoraAdapter#triggerWords()}.
     *
     * @param lora the adapter of the file
     * @return the words from the file and the files next to it, without duplicates
     */
    List<TriggerWord> triggerWords(LoraAdapter lora);

    /**
     * Implements {@link LoraAdapter#preferredWeight()}.
     *
     * @param lora the adapter of the file
     * @return the recommended strength; empty if there is none
     */
    OptionalDouble preferredWeight(LoraAdapter lora);

    /**
     * Implements {@link LoraAdapter#description()}.
     *
     * @param lora the adapter of the file
     * @return the text; empty if there is none
     */
    Optional<String> description(LoraAdapter lora);

    /**
     * Implements {@link LoraAdapter#preview()}.
     *
     * @param lora the adapter of the file
     * @return the image next to the file; empty if there is none
     */
    Optional<Path> preview(LoraAdapter lora);

    /**
     * Implements {@link LoraAdapter#tag(String)}.
     *
     * @param lora the adapter, with its strength
     * @param prompt the prompt to add to; may be empty
     * @return the text to add
     */
    String tag(LoraAdapter lora, String prompt);

    /**
     * Implements {@link LoraAdapter#negativeText(String)}.
     *
     * @param lora the adapter
     * @param negativePrompt the negative prompt to add to; may be empty
     * @return the text to add; empty for none
     */
    Optional<String> negativeText(LoraAdapter lora, String negativePrompt);

    /**
     * Implements {@link LoraAdapter#details()}.
     *
     * @param lora the adapter of the file
     * @return the contents of the file and the files next to it
     */
    LoraDetails details(LoraAdapter lora);

    /**
     * Implements {@link LoraAdapter#sha256()}.
     *
     * @param lora the adapter of the file
     * @return the SHA-256 of the file
     */
    String sha256(LoraAdapter lora);

    /**
     * Implements {@link LoraAdapter#autoV3()}.
     *
     * @param lora the adapter of the file
     * @return the hash of its data
     */
    String autoV3(LoraAdapter lora);

    /**
     * Implements {@link LoraAdapter#effectOn(Checkpoint)}.
     *
     * @param lora the adapter, with its strengths
     * @param checkpoint the model whose weights it would change
     * @return the sizes of the changes
     */
    LoraEffect effectOn(LoraAdapter lora, Checkpoint checkpoint);

    /**
     * Implements {@link LoraAdapter#fitOn(Checkpoint)}.
     *
     * @param lora the adapter, with its strengths
     * @param checkpoint the model to use it with
     * @return the findings
     */
    LoraFit fitOn(LoraAdapter lora, Checkpoint checkpoint);

    /**
     * Implements {@link dev.sdlora.api.LoraAdapter#conflicts}.
     *
     * @param loras the adapters, with their strengths
     * @param checkpoint the model whose weights they would change
     * @return the combined changes
     */
    LoraConflicts conflicts(List<LoraAdapter> loras, Checkpoint checkpoint);

    /**
     * Implements {@link LoraAdapter#writePreferredWeight}.
     *
     * @param lora the adapter of the file
     * @param weight the weight to write into the file next to it
     */
    void writePreferredWeight(LoraAdapter lora, double weight);
  }

  /** Opens embeddings and libraries of them. */
  public interface Embeddings {
    /**
     * Implements {@link Embedding#open}.
     *
     * @param path a file or an image with an embedding
     * @return the embedding
     */
    Embedding open(Path path);

    /**
     * Implements {@link EmbeddingLibrary#open}.
     *
     * @param folders the folders to search, with their subfolders
     * @return the library
     */
    EmbeddingLibrary openLibrary(List<Path> folders);

    /**
     * Implements {@link Embedding#hash()}.
     *
     * @param path the embedding's file
     * @return the first 12 hexadecimal digits of its SHA-256
     */
    String hash(Path path);
  }

  /** Finds the files that images were made with. */
  public interface Recoveries {
    /**
     * Implements {@link Recovery.Search#find()}.
     *
     * @param search the request, and the places to search in
     * @return the files that were found, and those that are missing
     */
    Recovery find(Recovery.Search search);
  }

  /** Draws dynamic prompts. */
  public interface Prompts {
    /**
     * Implements {@link DynamicPrompts#draw}.
     *
     * @param template the original prompt
     * @param seed the seed of the image
     * @param dynamic the folders with wildcards
     * @return the drawn prompt
     */
    String draw(String template, long seed, DynamicPrompts dynamic);
  }

  /** Reads and writes image files with settings. */
  public interface Images {
    /**
     * Implements {@link PromptSpec#fromInfotext}.
     *
     * @param text the settings as A1111 writes them
     * @return the request for these settings
     */
    PromptSpec parseParameters(String text);

    /**
     * Implements {@link GeneratedImage#readInfotext(Path)}.
     *
     * @param image an image file
     * @return the settings as text
     */
    String readInfotext(Path image);

    /**
     * Implements {@link GeneratedImage#readInfotext(InputStream)}.
     *
     * @param image the bytes of an image file; not closed
     * @return the settings as text
     */
    String readInfotext(InputStream image);

    /**
     * Implements {@link GeneratedImage#jpeg(int)}.
     *
     * @param image the image with its settings
     * @param quality 0 to 100
     * @return the bytes of a JPEG
     */
    byte[] encodeJpeg(GeneratedImage image, int quality);

    /**
     * Implements {@link GeneratedImage#png} and {@link GeneratedImage#write}.
     *
     * @param image the image with its settings
     * @param format {@code png}, {@code jpg} or {@code jpeg}, ignoring case
     * @return the bytes of the image file
     */
    byte[] encode(GeneratedImage image, String format);

    /**
     * Implements {@link GeneratedImage#save}.
     *
     * @param image the image with its settings
     * @param file the target, whose extension determines the format
     */
    void save(GeneratedImage image, Path file);
  }

  /**
   * The settings of a pipeline.
   *
   * @param checkpoint the model, with the parts to read from other files
   * @param loraDirectories folders with LoRAs that prompts can name
   * @param embeddingDirectories folders with embeddings that prompts can name
   * @param embeddings embeddings added individually, which take precedence over those in folders
   * @param upscalerDirectories folders with upscalers that requests can name
   * @param detectors detectors that requests can name
   * @param detectorDirectories folders with detectors that requests can name
   * @param preprocessorDirectories folders with the networks of preprocessors
   * @param hypernetworkDirectories folders with hypernetworks that prompts can name
   * @param controlNets files of ControlNets to keep in memory
   * @param ipAdapters files of IP-Adapters to keep in memory
   * @param imageEncoders files or folders of vision encoders
   * @param previewDecoder TAESD's decoder; empty to approximate colours from the latent
   * @param predictionType the prediction type of the U-Net; empty to detect it from the files
   * @param refiner the model that may finish images; empty for none
   * @param precision the precision of the computation
   * @param weights the format of the weights in memory
   * @param memoryPolicy the networks that stay in memory between the stages of a request
   * @param engine the name of the engine; empty for the default
   * @param device {@code auto}, {@code cpu}, {@code gpu0} and so on
   * @param loraMode the way LoRAs are applied, for requests that do not set it
   * @param lenient whether LoRAs and embeddings that cannot be used are skipped with a warning, for
   *     requests that do not set it
   * @param concurrency the number of generations that may run at the same time, at least 1
   * @param closeOnShutdown whether the pipeline closes itself when the JVM ends
   * @param withoutWeights whether the pipeline reads only headers and draws nothing
   * @param limits the limits on requests
   */
  public record Settings(
      Checkpoint checkpoint,
      List<Path> loraDirectories,
      List<Path> embeddingDirectories,
      List<Embedding> embeddings,
      List<Path> upscalerDirectories,
      List<Detector> detectors,
      List<Path> detectorDirectories,
      List<Path> preprocessorDirectories,
      List<Path> hypernetworkDirectories,
      List<Path> controlNets,
      List<Path> ipAdapters,
      List<Path> imageEncoders,
      Optional<Path> previewDecoder,
      Optional<PredictionType> predictionType,
      Optional<Path> refiner,
      Precision precision,
      WeightFormat weights,
      MemoryPolicy memoryPolicy,
      Optional<String> engine,
      String device,
      LoraMode loraMode,
      boolean lenient,
      int concurrency,
      boolean closeOnShutdown,
      boolean withoutWeights,
      Limits limits) {
    /**
     * Copies the lists.
     *
     * @param checkpoint the model
     * @param loraDirectories folders with LoRAs; copied
     * @param embeddingDirectories folders with embeddings; copied
     * @param embeddings embeddings added individually; copied
     * @param upscalerDirectories folders with upscalers; copied
     * @param detectors detectors; copied
     * @param detectorDirectories folders with detectors; copied
     * @param preprocessorDirectories folders with the networks of preprocessors; copied
     * @param hypernetworkDirectories folders with hypernetworks; copied
     * @param controlNets files of ControlNets; copied
     * @param ipAdapters files of IP-Adapters; copied
     * @param imageEncoders files or folders of vision encoders; copied
     * @param previewDecoder TAESD's decoder
     * @param predictionType the prediction type of the U-Net
     * @param refiner the model that may finish images
     * @param precision the precision of the computation
     * @param weights the format of the weights in memory
     * @param memoryPolicy the networks that stay in memory
     * @param engine the name of the engine; empty for the default
     * @param device the canonical name: {@code gpu0}, not {@code cuda}
     * @param loraMode the default of requests
     * @param lenient the default of requests
     * @param concurrency at least 1, checked by the builder
     * @param closeOnShutdown whether the pipeline closes itself when the JVM ends
     * @param withoutWeights whether the pipeline reads only headers
     * @param limits the limits on requests
     */
    public Settings {
      loraDirectories = List.copyOf(loraDirectories);
      embeddingDirectories = List.copyOf(embeddingDirectories);
      embeddings = List.copyOf(embeddings);
      upscalerDirectories = List.copyOf(upscalerDirectories);
      detectors = List.copyOf(detectors);
      detectorDirectories = List.copyOf(detectorDirectories);
      preprocessorDirectories = List.copyOf(preprocessorDirectories);
      hypernetworkDirectories = List.copyOf(hypernetworkDirectories);
      controlNets = List.copyOf(controlNets);
      ipAdapters = List.copyOf(ipAdapters);
      imageEncoders = List.copyOf(imageEncoders);
    }
  }

  /**
   * The limits on the requests of a pipeline.
   *
   * @param maxPixels the largest number of pixels of an image at any stage
   * @param maxBytes the bytes of memory that all running requests together may use; empty for the
   *     available memory
   * @param maxQueued the number of requests that may wait
   * @param request the limits on a single request
   */
  public record Limits(
      long maxPixels, OptionalLong maxBytes, int maxQueued, RequestLimits request) {}
}
