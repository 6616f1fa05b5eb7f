package dev.sdlora.api;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.ServiceLoader;

/**
 * The services behind the classes of this package, one for each concern, found by {@link
 * ServiceLoader} and implemented by sd-pipeline. Callers of the library do not need them. The
 * contracts are those of the methods that call them; all are safe for use by several threads.
 */
public final class Backend {
  private Backend() {}

  /** Opens pipelines, which run by themselves. */
  public interface Pipelines {
    /** Behind {@link Pipeline.Builder#build()}. */
    Pipeline open(Settings settings);

    /** Behind {@link Pipeline#endAtNextSignal()}. */
    void endAtNextSignal();
  }

  /** Looks into files with weights. */
  public interface Files {
    /** Behind {@link Checkpoint#open(Path, CheckpointParts)}. */
    Checkpoint openCheckpoint(Path path, CheckpointParts parts);

    /** Behind {@link FileDescription#of}. */
    Optional<FileDescription> describe(Path file);
  }

  /** What can be found out about LoRA files. */
  public interface Loras {
    /** Behind {@link LoraAdapter#open}. */
    LoraAdapter open(Path path);

    /** Behind {@link LoraLibrary#open}. */
    LoraLibrary openLibrary(List<Path> folders);

    /** Behind {@link LoraAdapter#kinds()}. */
    List<String> kinds(LoraAdapter lora);

    /** Behind {@link LoraAdapter#triggerWords()}. */
    List<TriggerWord> triggerWords(LoraAdapter lora);

    /** Behind {@link LoraAdapter#details()}. */
    LoraDetails details(LoraAdapter lora);

    /** Behind {@link LoraAdapter#hashes()}. */
    LoraHashes hashes(LoraAdapter lora);

    /** Behind {@link LoraAdapter#effectOn(Checkpoint)}. */
    LoraEffect effectOn(LoraAdapter lora, Checkpoint checkpoint);
  }

  /** What can be found out about embeddings. */
  public interface Embeddings {
    /** Behind {@link Embedding#open}. */
    Embedding open(Path path);

    /** Behind {@link EmbeddingLibrary#open}. */
    EmbeddingLibrary openLibrary(List<Path> folders);

    /** Behind {@link Embedding#hash()}. */
    String hash(Path path);
  }

  /** What can be found out about prompts without a model. */
  public interface Prompts {
    /** Behind {@link Prompt#parse}. */
    Prompt parse(String text, PromptMode mode);

    /** Behind {@link PromptExplanation#of}. */
    PromptExplanation explain(String prompt, PromptExplanation.Options options);

    /** Behind {@link TokenCount#of(String)} and {@link TokenCount#of(String, EmbeddingLibrary)}. */
    TokenCount count(String text, List<Embedding> embeddings);
  }

  /** Picture files, the settings in them, and larger pictures. */
  public interface Pictures {
    /** Behind {@link PromptSpec#fromParameters}. */
    PromptSpec parseParameters(String text);

    /** Behind {@link GeneratedImage#readParameters(Path)}. */
    String readParameters(Path image);

    /** Behind {@link GeneratedImage#readParameters(InputStream)}. */
    String readParameters(InputStream image);

    /** Behind {@link GeneratedImage#png} and {@link GeneratedImage#write}. */
    byte[] encode(GeneratedImage image, String format);

    /** Behind {@link GeneratedImage#save}. */
    void save(GeneratedImage image, Path file);

    /** Behind {@link Picture#savePng}. */
    void savePng(Picture picture, Path file);

    /** Behind {@link Picture#resized}. */
    Picture resize(Picture picture, int width, int height);

    /** Behind {@link UpscalerNetwork#open}. */
    UpscalerNetwork openUpscaler(Path file);
  }

  /**
   * What a pipeline is built from.
   *
   * @param checkpoint the model, with the parts that it is put together from
   * @param loraDirectories folders whose files prompts can name
   * @param embeddingDirectories likewise, with embeddings
   * @param embeddings those given by object
   * @param upscalerDirectories folders whose files requests can name as upscalers
   * @param controlNets files of ControlNets to keep in memory
   * @param previewDecoder TAESD's decoder
   * @param predictionType what the U-Net predicts, if that is not to be told by the files
   * @param refiner the model that may finish pictures
   * @param precision the number format of the computation
   * @param memoryPolicy which networks stay in memory between the stages of a request
   * @param device {@code cpu}, {@code gpu0} and so on
   * @param loraMode for requests that do not name one
   * @param lenient for requests that do not say
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
    /** Copies the lists. */
    public Settings {
      loraDirectories = List.copyOf(loraDirectories);
      embeddingDirectories = List.copyOf(embeddingDirectories);
      embeddings = List.copyOf(embeddings);
      upscalerDirectories = List.copyOf(upscalerDirectories);
      controlNets = List.copyOf(controlNets);
    }
  }

  /**
   * What the requests of a pipeline may take.
   *
   * @param maxPixels of a picture
   * @param maxBytes of those under way together; empty for what the machine has
   * @param maxQueued how many may wait
   */
  public record Limits(long maxPixels, OptionalLong maxBytes, int maxQueued) {}
}
