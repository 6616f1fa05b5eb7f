package dev.sdlora.api.prompt;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.prompt.spi.PromptBackend;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.value.Checks;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The meaning of a prompt, as this library parses it.
 *
 * @param prompt the original prompt
 * @param text the prompt without its comments and extra-network tags
 * @param networks the tags such as {@code <lora:ink:0.8>}, in order: nodes of the kind {@link
 *     PromptNode.Kind#TAG}
 * @param attention the text in pieces of equal weight, without changes over the steps; a piece
 *     {@code BREAK} with weight -1 is a chunk border
 * @param parts the subprompts joined by {@code AND}, with their texts at each step; at least one
 * @param texts the texts that the text encoder reads: all distinct texts of the parts, in order
 * @param problems malformed parts, and parts that probably do not mean what the author intended
 */
public record PromptExplanation(
    String prompt,
    String text,
    List<PromptNode> networks,
    List<Piece> attention,
    List<Part> parts,
    List<Encoded> texts,
    List<Problem> problems) {
  /** The token that ends each chunk in CLIP and fills up the rest of it. */
  private static final int END = 49_407;

  /** The token that begins each chunk in CLIP. */
  private static final int START = 49_406;

  /** The number of CLIP tokens in a chunk, without the start and end tokens. */
  private static final int CHUNK = 75;

  /** The number of tokens of a text that Qwen3 reads. */
  private static final int QWEN_CAPACITY = 512;

  /**
   * Copies the lists.
   *
   * @param prompt the original prompt
   * @param text the prompt without comments and tags
   * @param networks the tags, in order
   * @param attention the text in pieces of equal weight
   * @param parts the subprompts, at least one
   * @param texts all distinct texts of the parts, in order
   * @param problems the problems, mistakes first
   */
  public PromptExplanation {
    networks = List.copyOf(networks);
    attention = List.copyOf(attention);
    parts = List.copyOf(parts);
    texts = List.copyOf(texts);
    problems = List.copyOf(problems);
  }

  /** {@return the sentences of the {@linkplain #problems() problems}, without duplicates} */
  public List<String> warnings() {
    return problems.stream().map(Problem::sentence).distinct().toList();
  }

  /**
   * {@return the length of the prompt: the number of CLIP tokens in the longest of its {@linkplain
   * #texts() texts}, including padding in all chunks but the last; for a model that reads prompts
   * with Qwen3, the number of Qwen3's tokens, including those of the model's template} An editor
   * shows {@code tokens() + "/" + capacity()}, such as {@code 12/75}.
   */
  public int tokens() {
    return longest().map(Encoded::length).orElse(0);
  }

  /**
   * {@return the number of tokens that fit into the chunks of the longest text: 75 in each for
   * CLIP, 512 for Qwen3}
   */
  public int capacity() {
    return longest().map(Encoded::capacity).orElse(CHUNK);
  }

  /** {@return the number of chunks of the longest text, at least 1; always 1 for Qwen3} */
  public int chunks() {
    return longest().map(text -> text.chunks().size()).orElse(1);
  }

  private Optional<Encoded> longest() {
    return texts.stream().reduce((a, b) -> b.length() > a.length() ? b : a);
  }

  /**
   * A problem of a prompt that its author should know.
   *
   * @param span its place in the prompt; for an unmatched bracket, only the bracket
   * @param mistake whether the prompt is malformed (an error in {@link PromptMode#STRICT}) or names
   *     a missing LoRA; otherwise the prompt has an effect that the author may not expect
   * @param sentence the description, as it appears among the warnings of results
   */
  public record Problem(Span span, boolean mistake, String sentence) {
    /**
     * Checks that no argument is null.
     *
     * @param span its place in the prompt
     * @param mistake whether it is a mistake
     * @param sentence the description
     */
    public Problem {
      Objects.requireNonNull(span, "span");
      Objects.requireNonNull(sentence, "sentence");
    }
  }

  /**
   * Options for explaining a prompt.
   *
   * @param steps the number of model calls in the first pass, at least 1: the number of steps, or
   *     twice that for samplers that call the model twice per step
   * @param hiresSteps the number of model calls in the second pass of hires fix; empty if there is
   *     none
   * @param negative whether it is a negative prompt, in which {@code AND} is a plain word
   * @param embeddings the embeddings whose names are replaced by their vectors; if two have the
   *     same name, the last one wins
   * @param limits the limits on the prompt
   * @param loras the library for tags; warnings then report missing LoRAs, and LoRAs whose trigger
   *     words are not in the prompt. Empty to skip this check
   * @param words the words that the model was trained on ({@link Checkpoint#words()}); every other
   *     word is then a problem, which results report in one sentence. Empty to skip this check
   * @param family the family of the model that reads the prompt: {@link ModelFamily#FLUX2} and
   *     {@link ModelFamily#Z_IMAGE} read tokens of Qwen3 in their template and brackets as plain
   *     text, {@link ModelFamily#FLUX1} and {@link ModelFamily#CHROMA} tokens of T5; all others
   *     read tokens of CLIP, {@link ModelFamily#SD3} also those of T5, which are not explained
   */
  public record Options(
      int steps,
      OptionalInt hiresSteps,
      boolean negative,
      List<Embedding> embeddings,
      PromptLimits limits,
      Optional<LoraLibrary> loras,
      List<String> words,
      ModelFamily family) {
    /** Options for 20 steps without hires fix. */
    public static final Options DEFAULT = new Options(20, OptionalInt.empty(), false);

    /**
     * Creates options without embeddings, with {@link PromptLimits#DEFAULTS}.
     *
     * @param steps model calls in the first pass, at least 1
     * @param hiresSteps model calls in the second pass of hires fix, at least 1; empty if there is
     *     none
     * @param negative whether it is a negative prompt
     */
    public Options(int steps, OptionalInt hiresSteps, boolean negative) {
      this(steps, hiresSteps, negative, List.of());
    }

    /**
     * Creates options with {@link PromptLimits#DEFAULTS}.
     *
     * @param steps model calls in the first pass, at least 1
     * @param hiresSteps model calls in the second pass of hires fix, at least 1; empty if there is
     *     none
     * @param negative whether it is a negative prompt
     * @param embeddings the embeddings whose names are replaced by their vectors
     */
    public Options(
        int steps, OptionalInt hiresSteps, boolean negative, List<Embedding> embeddings) {
      this(steps, hiresSteps, negative, embeddings, PromptLimits.DEFAULTS);
    }

    /**
     * Creates options that skip the checks of LoRAs and words.
     *
     * @param steps model calls in the first pass, at least 1
     * @param hiresSteps model calls in the second pass of hires fix, at least 1; empty if there is
     *     none
     * @param negative whether it is a negative prompt
     * @param embeddings the embeddings whose names are replaced by their vectors
     * @param limits the limits on the prompt
     */
    public Options(
        int steps,
        OptionalInt hiresSteps,
        boolean negative,
        List<Embedding> embeddings,
        PromptLimits limits) {
      this(steps, hiresSteps, negative, embeddings, limits, Optional.empty(), List.of());
    }

    /**
     * Creates options for models that read tokens of CLIP.
     *
     * @param steps model calls in the first pass, at least 1
     * @param hiresSteps model calls in the second pass, at least 1, or empty
     * @param negative whether it is a negative prompt
     * @param embeddings the embeddings; empty for none
     * @param limits the limits; {@link PromptLimits#NONE} for trusted prompts
     * @param loras the library, searched by each explanation; empty to skip this check
     * @param words the trained words; empty to skip this check
     */
    public Options(
        int steps,
        OptionalInt hiresSteps,
        boolean negative,
        List<Embedding> embeddings,
        PromptLimits limits,
        Optional<LoraLibrary> loras,
        List<String> words) {
      this(steps, hiresSteps, negative, embeddings, limits, loras, words, ModelFamily.UNKNOWN);
    }

    /**
     * Returns a copy for a family of models.
     *
     * @param reader the family of the model that reads the prompt
     * @return the options; these are unchanged
     */
    public Options withFamily(ModelFamily reader) {
      return new Options(steps, hiresSteps, negative, embeddings, limits, loras, words, reader);
    }

    /**
     * Checks the numbers and copies the lists.
     *
     * @param steps model calls in the first pass, at least 1
     * @param hiresSteps model calls in the second pass, at least 1, or empty
     * @param negative whether it is a negative prompt
     * @param embeddings the embeddings; empty for none
     * @param limits the limits; {@link PromptLimits#NONE} for trusted prompts
     * @param loras the library, searched by each explanation; empty to skip this check
     * @param words the trained words; empty to skip this check
     * @param family the family of the model that reads the prompt
     * @throws IllegalArgumentException if a number is below 1
     */
    public Options {
      embeddings = List.copyOf(embeddings);
      Objects.requireNonNull(loras, "loras");
      words = List.copyOf(words);
      Objects.requireNonNull(family, "family");
      Checks.atLeast(1, steps, "steps");
      hiresSteps.ifPresent(count -> Checks.atLeast(1, count, "hiresSteps"));
    }
  }

  /**
   * Explains a prompt for 20 steps without hires fix.
   *
   * @param prompt a prompt in A1111's syntax; every text is valid
   * @return the explanation
   * @throws PromptSyntaxException if it exceeds {@link PromptLimits#DEFAULTS}
   */
  public static PromptExplanation of(String prompt) {
    return of(prompt, Options.DEFAULT);
  }

  /**
   * Explains a prompt.
   *
   * @param prompt a prompt in A1111's syntax; every text is valid
   * @param options the steps, embeddings and limits to use
   * @return the explanation
   * @throws PromptSyntaxException if it exceeds the limits
   * @throws LoraException if a LoRA folder no longer exists
   */
  public static PromptExplanation of(String prompt, Options options) {
    return Services.find(PromptBackend.class).explain(prompt, options);
  }

  /**
   * A piece of text with its weight.
   *
   * @param text the text without weighting brackets
   * @param weight the factor on the encoded text; 1 is neutral
   */
  public record Piece(String text, double weight) {}

  /**
   * A subprompt of {@code AND}.
   *
   * @param text the text, including its prompt editing
   * @param weight its weight
   * @param schedule the texts that the text encoder reads, keyed by the last step of each, counted
   *     from 1. As in A1111, the first text applies to one more model call, because calls are
   *     counted from 0
   * @param hires the same for the second pass of hires fix; empty if there is none
   */
  public record Part(
      String text,
      double weight,
      SortedMap<Integer, String> schedule,
      SortedMap<Integer, String> hires) {
    /**
     * Copies the maps.
     *
     * @param text the text, including its prompt editing
     * @param weight its weight; 1 if none is written
     * @param schedule the texts, keyed by the last step of each
     * @param hires the texts of the second pass; empty without hires fix
     */
    public Part {
      schedule = Collections.unmodifiableSortedMap(new TreeMap<>(schedule));
      hires = Collections.unmodifiableSortedMap(new TreeMap<>(hires));
    }
  }

  /**
   * A text as the text encoder reads it.
   *
   * @param text the text with its brackets
   * @param attention the text in pieces of equal weight
   * @param chunks its tokens in chunks of 77; for Qwen3, a single list of at most 512 tokens with
   *     those of the model's template
   */
  public record Encoded(String text, List<Piece> attention, List<List<Token>> chunks) {
    /**
     * Copies the lists.
     *
     * @param text the text with its brackets
     * @param attention the text in pieces of equal weight
     * @param chunks chunks of 77 tokens, including the start and end tokens, or the tokens for
     *     Qwen3
     */
    public Encoded {
      attention = List.copyOf(attention);
      chunks = List.copyOf(chunks);
    }

    private boolean isOfClip() {
      return chunks.get(0).get(0).id() == START;
    }

    private int capacity() {
      return isOfClip() ? chunks.size() * CHUNK : QWEN_CAPACITY;
    }

    private int length() {
      List<Token> last = chunks.get(chunks.size() - 1);
      if (!isOfClip()) {
        return last.size();
      }
      int used = 1;
      while (last.get(used).id() != END) {
        used++;
      }
      return (chunks.size() - 1) * CHUNK + used - 1;
    }
  }

  /**
   * A token of a chunk.
   *
   * @param id its number in the vocabulary of CLIP or Qwen3
   * @param text its text, with a trailing space at the end of a word; for an embedding, its name
   *     and the number of the vector, such as {@code ink 1/3}
   * @param weight its attention weight
   */
  public record Token(int id, String text, double weight) {}
}
