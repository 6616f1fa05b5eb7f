package dev.sdlora.pipeline;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.UpscalerNetwork;
import dev.sdlora.api.spi.LoraKnowledge;
import dev.sdlora.api.spi.PipelineProvider;
import dev.sdlora.api.spi.PromptKnowledge;
import dev.sdlora.lora.library.FolderLibrary;
import dev.sdlora.lora.library.LoraCards;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.embedding.EmbeddingFiles;
import dev.sdlora.pipeline.embedding.FolderEmbeddings;
import dev.sdlora.pipeline.embedding.PromptEmbeddings;
import dev.sdlora.pipeline.image.Infotext;
import dev.sdlora.pipeline.image.PictureFiles;
import dev.sdlora.pipeline.upscale.RrdbUpscaler;
import dev.sdlora.pipeline.upscale.UpscalerFolders;
import dev.sdlora.tensors.folder.PathRedactor;
import dev.sdlora.tensors.torch.Torch;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What stands behind the public API. Made by {@link java.util.ServiceLoader}. */
public final class LocalProvider implements PipelineProvider {
  /** One for the process, so that no file is read for a second time anywhere. */
  private final LoraFiles loraFiles = new LoraFiles();

  private final LoraCards loraCards = new LoraCards(loraFiles);
  private final LoraKnowledge loraKnowledge = new LocalLoraKnowledge(loraFiles, loraCards);

  private final EmbeddingFiles embeddingFiles = new EmbeddingFiles();

  @Override
  public Pipeline open(Settings settings) {
    FolderLibrary library = new FolderLibrary(loraFiles, loraCards, settings.loraDirectories());
    FolderEmbeddings embeddings =
        new FolderEmbeddings(
            embeddingFiles, settings.embeddingDirectories(), settings.embeddings());
    ModelFiles files = CheckpointReader.read(settings.checkpoint().path());
    if (!settings.lenient()) {
      embeddings.requireGivenFit(
          new PromptEmbeddings.Target(files.checkpoint(), files.clip().width()));
    }
    UpscalerFolders upscalers = new UpscalerFolders(settings.upscalerDirectories());
    Networks networks = Networks.load(files, settings.precision(), settings.device());
    try {
      AuxiliaryNetworks auxiliary = AuxiliaryNetworks.load(settings, upscalers, files, networks);
      Model model =
          new Model(
              files.checkpoint(),
              networks,
              auxiliary,
              loraFiles,
              library,
              embeddings,
              settings.loraMode(),
              settings.lenient(),
              settings.limits(),
              pathRedactor(settings));
      LocalPipeline pipeline = new LocalPipeline(model, settings.concurrency());
      if (settings.closeOnShutdown()) {
        pipeline.closeOnShutdown();
      }
      return pipeline;
    } catch (RuntimeException | Error e) {
      networks.close();
      throw e;
    }
  }

  private static PathRedactor pathRedactor(Settings settings) {
    return new PathRedactor(
        Stream.of(
                settings.loraDirectories(),
                settings.embeddingDirectories(),
                settings.upscalerDirectories(),
                Optional.ofNullable(settings.checkpoint().path().getParent()).stream().toList())
            .flatMap(List::stream)
            .toList());
  }

  @Override
  public Checkpoint openCheckpoint(Path path) {
    return CheckpointReader.read(path).checkpoint();
  }

  @Override
  public LoraAdapter openLora(Path path) {
    return LoraFiles.adapter(loraFiles.open(path));
  }

  @Override
  public LoraLibrary openLoraLibrary(List<Path> folders) {
    return new FolderLibrary(loraFiles, loraCards, folders);
  }

  @Override
  public Embedding openEmbedding(Path path) {
    return embeddingFiles.open(path);
  }

  @Override
  public String embeddingHash(Path path) {
    return embeddingFiles.hash(path);
  }

  @Override
  public EmbeddingLibrary openEmbeddingLibrary(List<Path> folders) {
    return new FolderEmbeddings(embeddingFiles, folders, List.of());
  }

  @Override
  public UpscalerNetwork openUpscaler(Path file) {
    return RrdbUpscaler.open(file, Torch.open("cpu"));
  }

  @Override
  public LoraKnowledge loraKnowledge() {
    return loraKnowledge;
  }

  @Override
  public PromptKnowledge promptKnowledge() {
    return new Explanations();
  }

  @Override
  public PromptSpec parseParameters(String text) {
    return Infotext.parse(text);
  }

  @Override
  public String readParameters(Path image) {
    return PictureFiles.readParameters(image);
  }

  @Override
  public String readParameters(InputStream image) {
    return PictureFiles.readParameters(image);
  }

  @Override
  public byte[] encode(GeneratedImage image, String format) {
    return PictureFiles.encode(image, format);
  }

  @Override
  public void save(GeneratedImage image, Path file) {
    PictureFiles.save(image, file);
  }
}
