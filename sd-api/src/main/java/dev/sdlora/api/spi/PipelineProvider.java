package dev.sdlora.api.spi;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.LoraMode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.UpscalerNetwork;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.ServiceLoader;

/**
 * What the implementing module offers to the public API, found by {@link ServiceLoader}. Callers of
 * the library do not need it. The contracts are those of the API methods that call it.
 */
public interface PipelineProvider {

  /**
   * The provider on the class path.
   *
   * @throws IllegalStateException if there is none
   */
  static PipelineProvider get() {
    return Holder.PROVIDER.orElseThrow(
        () ->
            new IllegalStateException(
                "no PipelineProvider on the class path; add the dependency"
                    + " dev.sdlora:sd-pipeline"));
  }

  /** Behind {@link Pipeline.Builder#build()}. */
  Pipeline open(Settings settings);

  /** Behind {@link Checkpoint#open}. */
  Checkpoint openCheckpoint(Path path);

  /** Behind {@link LoraAdapter#open}. */
  LoraAdapter openLora(Path path);

  /** Behind {@link LoraLibrary#open}. */
  LoraLibrary openLoraLibrary(List<Path> folders);

  /** Behind {@link Embedding#open}. */
  Embedding openEmbedding(Path path);

  /** Behind {@link Embedding#hash()}. */
  String embeddingHash(Path path);

  /** Behind {@link EmbeddingLibrary#open}. */
  EmbeddingLibrary openEmbeddingLibrary(List<Path> folders);

  /** Behind {@link UpscalerNetwork#open}. */
  UpscalerNetwork openUpscaler(Path file);

  /** What can be found out about LoRA files. */
  LoraKnowledge loraKnowledge();

  /** What can be found out about prompts. */
  PromptKnowledge promptKnowledge();

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

  /**
   * What a pipeline is built from.
   *
   * @param checkpoint the model
   * @param loraDirectories folders whose files prompts can name
   * @param embeddingDirectories likewise, with embeddings
   * @param embeddings those given by object
   * @param upscalerDirectories folders whose files requests can name as upscalers
   * @param controlNets files of ControlNets to keep in memory
   * @param previewDecoder TAESD's decoder
   * @param precision the number format of the computation
   * @param device DJL's name of the device: {@code cpu}, {@code gpu0} and so on
   * @param loraMode for requests that do not name one
   * @param lenient for requests that do not say
   * @param concurrency how many generations may run at the same time, at least 1
   * @param closeOnShutdown whether the end of the JVM closes the pipeline
   * @param limits what requests may take
   */
  record Settings(
      Checkpoint checkpoint,
      List<Path> loraDirectories,
      List<Path> embeddingDirectories,
      List<Embedding> embeddings,
      List<Path> upscalerDirectories,
      List<Path> controlNets,
      Optional<Path> previewDecoder,
      Precision precision,
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
  record Limits(long maxPixels, OptionalLong maxBytes, int maxQueued) {}

  /** Loads the provider once, when it is first needed. */
  final class Holder {
    private static final Optional<PipelineProvider> PROVIDER =
        ServiceLoader.load(PipelineProvider.class, PipelineProvider.class.getClassLoader())
            .findFirst();

    private Holder() {}
  }
}
