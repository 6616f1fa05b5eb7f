package dev.sdlora.pipeline.model;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.families.conditioning.EncodedChunks;
import dev.sdlora.families.network.AdaptableNetwork;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.pipeline.embedding.FolderEmbeddings;
import dev.sdlora.pipeline.embedding.PromptEmbeddings;
import dev.sdlora.prompt.taught.KnownWords;
import java.util.List;

/** The words that a model knows and the texts that it has encoded. Safe for several threads. */
public final class ModelTexts {
  private final Checkpoint checkpoint;
  private final FolderEmbeddings embeddings;
  private final List<Integer> widths;
  private final KnownWords taughtWords;
  private final EncodedChunks encoded = new EncodedChunks();

  ModelTexts(Checkpoint checkpoint, FolderEmbeddings embeddings, List<AdaptableNetwork> encoders) {
    this.checkpoint = checkpoint;
    this.embeddings = embeddings;
    this.taughtWords = KnownWords.of(checkpoint.words());
    this.widths =
        encoders.stream()
            .filter(TextEncoder.class::isInstance)
            .map(encoder -> ((TextEncoder) encoder).config().width())
            .toList();
  }

  /** Returns the words that the model was taught, according to its metadata. */
  public KnownWords taughtWords() {
    return taughtWords;
  }

  /** Returns the embeddings of the pipeline. */
  public FolderEmbeddings embeddings() {
    return embeddings;
  }

  /**
   * Returns the embeddings that the prompts of one request can name, including those in its LoRA
   * files.
   */
  public PromptEmbeddings embeddings(List<LoraFile> loras, boolean lenient) {
    return PromptEmbeddings.of(
        embeddings, loras, new PromptEmbeddings.Target(checkpoint, widths), lenient);
  }

  /** Returns the width of each text encoder's states for which embeddings have vectors. */
  public List<Integer> widths() {
    return widths;
  }

  /** Returns the cache of encoded prompts. */
  public EncodedChunks encoded() {
    return encoded;
  }
}
