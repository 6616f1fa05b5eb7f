package dev.sdlora.families.conditioning;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.families.conditioning.Conditions.Part;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.grammar.WeightedText;
import dev.sdlora.prompt.schedule.PromptSchedule;
import dev.sdlora.prompt.schedule.PromptSteps;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import dev.sdlora.prompt.tokens.TokenChunk;
import dev.sdlora.prompt.tokens.TrainedWords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Turns prompts into the conditions that the U-Net reads, as A1111 does. Splits a prompt at {@code
 * AND}, resolves the text of each part for every step, and cuts it into chunks of 75 tokens, which
 * are encoded separately and concatenated. If a model has two text encoders, each reads all chunks
 * and weighs its own states; their states are then concatenated.
 */
public final class Conditioner implements TextConditioner {
  private final List<ChunkEncoder> encoders;
  private final PromptOptions options;
  private final int clipSkip;
  private final IntPredicate skipping;
  private final TrainedWords words;
  private final AddedTimeIds sizes;

  /**
   * Creates a conditioner for one pass of a request.
   *
   * @param encoders the model's text encoders
   * @param options how the prompts are read
   * @param clipSkip 1 for the last layer of the encoder, 2 for the one before it
   * @param skipping the indices of the encoders that it affects
   * @param words trained words that prompts may use, with the encoders' widths
   * @param sizes the sizes that the U-Net reads in addition to the text
   */
  public Conditioner(
      List<ChunkEncoder> encoders,
      PromptOptions options,
      int clipSkip,
      IntPredicate skipping,
      TrainedWords words,
      AddedTimeIds sizes) {
    this.encoders = List.copyOf(encoders);
    this.options = options;
    this.clipSkip = clipSkip;
    this.skipping = skipping;
    this.words = words;
    this.sizes = sizes;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if clipSkip exceeds the encoder's layers
   */
  @Override
  public Conditions conditions(String prompt, String negative, PromptSteps pass, NDManager scope) {
    PromptLimits limits = options.limits();
    List<Part> parts = new ArrayList<>();
    for (PromptSchedule.Weighted part : PromptSchedule.ofParts(prompt, pass, limits)) {
      parts.add(new Part(encode(part.schedule(), false, scope), part.weight()));
    }
    ConditioningSchedule uncond = encode(PromptSchedule.of(negative, pass, limits), true, scope);
    Optional<Conditioning> padding =
        options.padConds() ? Optional.of(constant("", scope)) : Optional.empty();
    return new Conditions(parts, uncond, padding);
  }

  @Override
  public Conditioning constant(String text, NDManager scope) {
    PromptSchedule constant = new PromptSchedule(List.of(new PromptSchedule.Entry(1, text)));
    return encode(constant, false, scope).at(0);
  }

  private ConditioningSchedule encode(PromptSchedule schedule, boolean negative, NDManager scope) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    schedule.entries().forEach(entry -> counts.merge(entry.text(), 1, Integer::sum));
    List<TextBatch.Text> texts = new ArrayList<>();
    counts.forEach((text, count) -> texts.add(new TextBatch.Text(chunks(text), count)));
    List<Conditioning> encoded = encode(new TextBatch(texts, options.emphasis()), scope);
    boolean silent = negative && isSilent(counts.keySet());
    Map<String, Conditioning> states = new HashMap<>();
    for (String text : counts.keySet()) {
      Conditioning condition = encoded.get(states.size());
      states.put(text, sizes.with(silent ? condition.zeroed() : condition, negative));
    }
    return new ConditioningSchedule(schedule, states);
  }

  /** Whether an empty negative prompt is replaced by zeros, as in A1111 with SDXL. */
  private boolean isSilent(Set<String> texts) {
    return sizes.vectorWidth() > 0
        && !options.emptyNegativeEncoded()
        && texts.stream().allMatch(String::isEmpty);
  }

  private List<Conditioning> encode(TextBatch batch, NDManager scope) {
    List<Conditioning> joined = List.of();
    for (int i = 0; i < encoders.size(); i++) {
      List<Conditioning> own = batch.encode(encoders.get(i), skip(i), scope);
      List<Conditioning> before = joined;
      joined =
          i == 0
              ? own
              : IntStream.range(0, own.size())
                  .mapToObj(text -> before.get(text).joined(own.get(text)))
                  .toList();
    }
    return joined;
  }

  private int skip(int encoder) {
    return skipping.test(encoder) ? clipSkip : encoders.get(encoder).usualSkip();
  }

  private List<TokenChunk> chunks(String text) {
    return chunks(text, options, words);
  }

  /** Splits a text into CLIP's chunks, with its emphasis. */
  static List<TokenChunk> chunks(String text, PromptOptions options, TrainedWords words) {
    List<WeightedText> pieces =
        options.emphasis() == Emphasis.NONE
            ? List.of(new WeightedText(text, 1))
            : Attention.parse(text);
    return Chunks.of(
        pieces, ClipTokenizer.standard(), options.commaBacktracking(), words, options.limits());
  }

  /**
   * Splits a text into chunks with brackets as plain characters, as in captions.
   *
   * @param config the encoder that will read them
   * @return [chunks][77] token ids, at least one chunk
   * @throws CheckpointException if the checkpoint's vocabulary lacks a token
   */
  public static int[][] plainTokens(String text, ClipConfig config) {
    List<TokenChunk> chunks =
        Chunks.of(List.of(new WeightedText(text, 1)), ClipTokenizer.standard());
    for (TokenChunk chunk : chunks) {
      ChunkEncoder.requireInVocabulary(chunk.ids(), config);
    }
    return chunks.stream().map(config.kind()::ids).toArray(int[][]::new);
  }
}
