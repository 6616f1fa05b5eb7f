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
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Recovery;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.UpscalerNetwork;
import dev.sdlora.api.lora.LoraConflicts;
import dev.sdlora.api.lora.LoraDetails;
import dev.sdlora.api.lora.LoraEffect;
import dev.sdlora.api.lora.LoraFit;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.model.CheckpointDistance;
import dev.sdlora.api.model.FileDescription;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptExplanation;
import dev.sdlora.api.prompt.TokenCount;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.ServiceLoader;

/**
 * The services behind the classes of this package, one for each concern, found by {@link
 * ServiceLoader} and implemented by sd-pipeline, {@link Downloads} by sd-models. Callers of the
 * library do not need them. The contracts are those of the methods that call them; all are safe for
 * use by several threads.
 */
public final class Backend {
  private Backend() {}

  /** Opens pipelines, which run by themselves. */
  public interface Pipelines {
    /**
     * Behind {@link Pipeline.Builder#build()}.
     *
     * @param settings what the builder has collected
     * @return the open pipeline
     */
    Pipeline open(Settings settings);

    /**
     * Behind {@link DeviceInfo#of}.
     *
     * @param device in its one form: {@code gpu0}, not {@code cuda}
     * @return what there is to know about it
     */
    DeviceInfo describe(String device);

    /** Behind {@link Pipeline#warmUp()}. */
    void warmUp();

    /**
     * Behind {@link Pipeline#nativeBytes()}.
     *
     * @return bytes; empty if they are unknown
     */
    OptionalLong nativeBytes();

    /** Behind {@link Pipeline#endAtNextSignal()}. */
    void endAtNextSignal();
  }

  /** Gets files from where they are published. */
  public interface Downloads {
    /**
     * Behind {@link Checkpoint#open(String)} and {@link LoraAdapter#open(String)}.
     *
     * @param reference such as {@code hf:owner/repo}
     * @return the file or folder on this machine, whole
     */
    Path get(String reference);
  }

  /** Looks into files with weights. */
  public interface Files {
    /**
     * Behind {@link Checkpoint#open(Path, CheckpointParts)}.
     *
     * @param path a checkpoint file or a diffusers folder
     * @param parts the choice of its files and tensors
     * @return the checkpoint, of which names and shapes are read
     */
    Checkpoint openCheckpoint(Path path, CheckpointParts parts);

    /**
     * Behind {@link FileDescription#of}.
     *
     * @param file a file with tensors
     * @return what it is; empty if the names of its tensors say nothing
     */
    Optional<FileDescription> describe(Path file);

    /**
     * Behind {@link Checkpoint#distanceTo}.
     *
     * @param from the checkpoint whose weights are the measure
     * @param to the other one
     * @return how far they are apart
     */
    CheckpointDistance distance(Checkpoint from, Checkpoint to);
  }

  /** What can be found out about LoRA files. */
  public interface Loras {
    /**
     * Behind {@link LoraAdapter#open}.
     *
     * @param path a LoRA file
     * @return the adapter, at strength 1
     */
    LoraAdapter open(Path path);

    /**
     * Behind {@link LoraLibrary#open}.
     *
     * @param folders the folders to look into, with all folders inside them
     * @return their library
     */
    LoraLibrary openLibrary(List<Path> folders);

    /**
     * Behind {@link LoraAdapter#kinds()}.
     *
     * @param lora the adapter whose file is looked at
     * @return how its changes are stored, most frequent first
     */
    List<String> kinds(LoraAdapter lora);

    /**
     * Behind {@link LoraAdapter#triggerWords()}.
     *
     * @param lora the adapter whose file is looked at, with those beside it
     * @return each word once
     */
    List<TriggerWord> triggerWords(LoraAdapter lora);

    /**
     * Behind {@link LoraAdapter#preferredWeight()}.
     *
     * @param lora the adapter beside whose file it may be written
     * @return the strength that is advised; empty if there is none
     */
    OptionalDouble preferredWeight(LoraAdapter lora);

    /**
     * Behind {@link LoraAdapter#description()}.
     *
     * @param lora the adapter beside whose file it may be written
     * @return the text; empty if there is none
     */
    Optional<String> description(LoraAdapter lora);

    /**
     * Behind {@link LoraAdapter#preview()}.
     *
     * @param lora the adapter beside whose file it may lie
     * @return the image; empty if there is none
     */
    Optional<Path> preview(LoraAdapter lora);

    /**
     * Behind {@link LoraAdapter#tag(String, String)}.
     *
     * @param lora the adapter, with its strength
     * @param prompt to which it is to be added; may be empty
     * @param negativePrompt of the same request; may be empty
     * @return what to add to them
     */
    LoraAdapter.Tag tag(LoraAdapter lora, String prompt, String negativePrompt);

    /**
     * Behind {@link LoraAdapter#details()}.
     *
     * @param lora the adapter whose file is looked at, with those beside it
     * @return all that they tell
     */
    LoraDetails details(LoraAdapter lora);

    /**
     * Behind {@link LoraAdapter#sha256()}.
     *
     * @param lora the adapter whose file is read
     * @return the SHA-256 of the file
     */
    String sha256(LoraAdapter lora);

    /**
     * Behind {@link LoraAdapter#autoV3()}.
     *
     * @param lora the adapter whose file is read
     * @return the hash of its data
     */
    String autoV3(LoraAdapter lora);

    /**
     * Behind {@link LoraAdapter#effectOn(Checkpoint)}.
     *
     * @param lora the adapter, with the strengths that count
     * @param checkpoint the model whose weights it would change
     * @return how far it moves them
     */
    LoraEffect effectOn(LoraAdapter lora, Checkpoint checkpoint);

    /**
     * Behind {@link LoraAdapter#fitOn(Checkpoint)}.
     *
     * @param lora the adapter, with the strengths that count
     * @param checkpoint the model that it is to be used with
     * @return whether it fits
     */
    LoraFit fitOn(LoraAdapter lora, Checkpoint checkpoint);

    /**
     * Behind {@link dev.sdlora.api.LoraAdapter#conflicts}.
     *
     * @param loras the adapters, with the strengths that count
     * @param checkpoint the model whose weights they would change
     * @return what they do to each other
     */
    LoraConflicts conflicts(List<LoraAdapter> loras, Checkpoint checkpoint);

    /**
     * Behind {@link LoraAdapter#writePreferredWeight}.
     *
     * @param lora the adapter beside whose file it is written
     * @param weight what to write
     */
    void writePreferredWeight(LoraAdapter lora, double weight);
  }

  /** What can be found out about embeddings. */
  public interface Embeddings {
    /**
     * Behind {@link Embedding#open}.
     *
     * @param path a file or an image with an embedding
     * @return the embedding
     */
    Embedding open(Path path);

    /**
     * Behind {@link EmbeddingLibrary#open}.
     *
     * @param folders the folders to look into, with all folders inside them
     * @return their library
     */
    EmbeddingLibrary openLibrary(List<Path> folders);

    /**
     * Behind {@link Embedding#hash()}.
     *
     * @param path the embedding's file
     * @return the first 12 hexadecimal digits of its SHA-256
     */
    String hash(Path path);
  }

  /** Finds the files that images were made with. */
  public interface Recoveries {
    /**
     * Behind {@link Recovery.Search#find()}.
     *
     * @param search the request, and what to look through
     * @return what was found and what was not
     */
    Recovery find(Recovery.Search search);
  }

  /** What can be found out about prompts without a model. */
  public interface Prompts {
    /**
     * Behind {@link Prompt#parse}.
     *
     * @param text the prompt as given
     * @param mode what becomes of mistakes in it
     * @return the prompt's tree
     */
    Prompt parse(String text, PromptMode mode);

    /**
     * Behind {@link PromptExplanation#of}.
     *
     * @param prompt the prompt as given
     * @param options the steps, embeddings and limits to read it with
     * @return how it is understood
     */
    PromptExplanation explain(String prompt, PromptExplanation.Options options);

    /**
     * Behind {@link TokenCount#of(String)} and {@link TokenCount#of(String, EmbeddingLibrary)}.
     *
     * @param text the prompt as given
     * @param embeddings those whose names stand for their vectors; may be empty
     * @return how long the prompt is
     */
    TokenCount count(String text, List<Embedding> embeddings);

    /**
     * Behind {@link DynamicPrompts#draw}.
     *
     * @param template the prompt as given
     * @param seed of the image
     * @param dynamic where wildcards are looked up
     * @return what is drawn
     */
    String draw(String template, long seed, DynamicPrompts dynamic);
  }

  /** Image files, the settings in them, and larger images. */
  public interface Images {
    /**
     * Behind {@link PromptSpec#fromInfotext}.
     *
     * @param text the settings as A1111 writes them
     * @return the request that they describe
     */
    PromptSpec parseParameters(String text);

    /**
     * Behind {@link GeneratedImage#readInfotext(Path)}.
     *
     * @param image an image file
     * @return the text of its settings
     */
    String readInfotext(Path image);

    /**
     * Behind {@link GeneratedImage#readInfotext(InputStream)}.
     *
     * @param image the bytes of an image file; not closed
     * @return the text of its settings
     */
    String readInfotext(InputStream image);

    /**
     * Behind {@link GeneratedImage#jpeg(int)}.
     *
     * @param image the image with its settings
     * @param quality 0 to 100
     * @return the bytes of a JPEG
     */
    byte[] encodeJpeg(GeneratedImage image, int quality);

    /**
     * Behind {@link GeneratedImage#png} and {@link GeneratedImage#write}.
     *
     * @param image the image with its settings
     * @param format {@code png}, {@code jpg} or {@code jpeg}, in any case
     * @return the bytes of the image file
     */
    byte[] encode(GeneratedImage image, String format);

    /**
     * Behind {@link GeneratedImage#save}.
     *
     * @param image the image with its settings
     * @param file the target, whose ending says the format
     */
    void save(GeneratedImage image, Path file);

    /**
     * Behind {@link Image#savePng}.
     *
     * @param picture the pixels
     * @param file the target
     */
    void savePng(Image picture, Path file);

    /**
     * Behind {@link Image#resized}.
     *
     * @param picture the pixels
     * @param width the result's pixels from left to right, at least 1
     * @param height its pixels from top to bottom, at least 1
     * @return a new image of that size
     */
    Image resize(Image picture, int width, int height);

    /**
     * Behind {@link UpscalerNetwork#open}.
     *
     * @param file the network's file
     * @return the network, with its weights in memory
     */
    UpscalerNetwork openUpscaler(Path file);
  }

  /**
   * What a pipeline is built from.
   *
   * @param checkpoint the model, with the parts that it is put together from
   * @param loraDirectories folders whose files prompts can name
   * @param embeddingDirectories folders whose embeddings prompts can name
   * @param embeddings those given by object, which go before those in folders
   * @param upscalerDirectories folders whose files requests can name as upscalers
   * @param hypernetworkDirectories folders whose hypernetworks prompts can name
   * @param controlNets files of ControlNets to keep in memory
   * @param previewDecoder TAESD's decoder; empty to guess colours from the latent
   * @param predictionType what the U-Net predicts; empty if the files tell it
   * @param refiner the model that may finish images; empty for none
   * @param precision the number format of the computation
   * @param memoryPolicy which networks stay in memory between the stages of a request
   * @param device {@code cpu}, {@code gpu0} and so on
   * @param loraMode how LoRAs get into the computation, for requests that do not say
   * @param lenient whether LoRAs and embeddings that cannot be used are left out with a warning,
   *     for requests that do not say
   * @param concurrency how many generations may run at the same time, at least 1
   * @param closeOnShutdown whether the end of the JVM closes the pipeline
   * @param limits what requests may take
   */
  public record Settings(
      Checkpoint checkpoint,
      List<Path> loraDirectories,
      List<Path> embeddingDirectories,
      List<Embedding> embeddings,
      List<Path> upscalerDirectories,
      List<Path> hypernetworkDirectories,
      List<Path> controlNets,
      Optional<Path> previewDecoder,
      Optional<PredictionType> predictionType,
      Optional<Path> refiner,
      Precision precision,
      MemoryPolicy memoryPolicy,
      String device,
      LoraMode loraMode,
      boolean lenient,
      int concurrency,
      boolean closeOnShutdown,
      Limits limits) {
    /**
     * Copies the lists.
     *
     * @param checkpoint the model
     * @param loraDirectories copied
     * @param embeddingDirectories copied
     * @param embeddings copied
     * @param upscalerDirectories copied
     * @param hypernetworkDirectories copied
     * @param controlNets copied
     * @param previewDecoder TAESD's decoder
     * @param predictionType what the U-Net predicts
     * @param refiner the model that may finish images
     * @param precision the number format
     * @param memoryPolicy which networks stay
     * @param device in its one form: {@code gpu0}, not {@code cuda}
     * @param loraMode the default of requests
     * @param lenient the default of requests
     * @param concurrency at least 1, which the builder checks
     * @param closeOnShutdown whether the end of the JVM closes the pipeline
     * @param limits what requests may take
     */
    public Settings {
      loraDirectories = List.copyOf(loraDirectories);
      embeddingDirectories = List.copyOf(embeddingDirectories);
      embeddings = List.copyOf(embeddings);
      upscalerDirectories = List.copyOf(upscalerDirectories);
      hypernetworkDirectories = List.copyOf(hypernetworkDirectories);
      controlNets = List.copyOf(controlNets);
    }
  }

  /**
   * What the requests of a pipeline may take.
   *
   * @param maxPixels the most pixels that an image may have at any point on its way
   * @param maxBytes the most bytes of memory that requests under way may take together; empty for
   *     what the machine has
   * @param maxQueued how many requests may wait
   * @param request bounds on what one request may hold
   */
  public record Limits(
      long maxPixels, OptionalLong maxBytes, int maxQueued, RequestLimits request) {}
}
