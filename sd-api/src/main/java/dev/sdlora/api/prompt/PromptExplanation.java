package dev.sdlora.api.prompt;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import dev.sdlora.api.value.Checks;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a prompt is understood.
 *
 * @param prompt the prompt as given
 * @param text the prompt without its comments and extra-network tags
 * @param networks the tags such as {@code <lora:ink:0.8>}, in order: nodes of the kind {@link
 *     PromptNode.Kind#TAG}
 * @param attention the text cut into pieces of equal weight, as if nothing in it changed over the
 *     steps; a piece {@code BREAK} with weight -1 is a chunk border
 * @param parts the texts that {@code AND} joins, and what they say at each step; at least one
 * @param texts what the text encoder reads: all different texts of the parts, in order
 * @param problems what is not well-formed, and what may be meant otherwise
 */
public record PromptExplanation(
    String prompt,
    String text,
    List<PromptNode> networks,
    List<Piece> attention,
    List<Part> parts,
    List<Encoded> texts,
    List<Problem> problems) {
  /** What ends each chunk of CLIP's tokens, and fills up its rest. */
  private static final int END = 49_407;

  /**
   * Copies the lists.
   *
   * @param prompt the prompt as given
   * @param text the prompt without comments and tags
   * @param networks the tags, in order
   * @param attention the text in pieces of equal weight
   * @param parts at least one
   * @param texts all different texts of the parts, in order
   * @param problems mistakes before others
   */
  public PromptExplanation {
    networks = List.copyOf(networks);
    attention = List.copyOf(attention);
    parts = List.copyOf(parts);
    texts = List.copyOf(texts);
    problems = List.copyOf(problems);
  }

  /** {@return the sentences of the {@linkplain #problems() problems}, each once} */
  public List<String> warnings() {
    return problems.stream().map(Problem::sentence).distinct().toList();
  }

  /** {@return how long it is, by the longest of its {@linkplain #texts() texts}} */
  public TokenCount length() {
    return texts.stream()
        .map(Encoded::length)
        .reduce(new TokenCount(0, 1), (a, b) -> b.tokens() > a.tokens() ? b : a);
  }

  /**
   * Something about a prompt that its writer should know.
   *
   * @param span where it stands in the prompt; of a bracket that has no partner the bracket alone
   * @param mistake whether it is not well-formed ({@link PromptMode#STRICT} refuses it) or names a
   *     LoRA that is not there; otherwise it means something that may not be expected
   * @param sentence for people, as results have it among their warnings
   */
  public record Problem(Span span, boolean mistake, String sentence) {
    /**
     * Refuses null.
     *
     * @param span where it stands
     * @param mistake whether it is one
     * @param sentence for people
     */
    public Problem {
      Objects.requireNonNull(span, "span");
      Objects.requireNonNull(sentence, "sentence");
    }
  }

  /**
   * What a prompt is asked about.
   *
   * @param steps how many times the model is called in the first pass, from 1: the steps, or twice
   *     as many for samplers that call it twice in each
   * @param hiresSteps the same for the pass of the highres fix; empty if there is none
   * @param negative whether it is a negative prompt, in which {@code AND} is a word
   * @param embeddings whose names stand for their vectors; of equal names the last counts
   * @param limits how much the prompt may ask for
   * @param loras what tags name; then warnings tell which LoRAs are not there, and which of them
   *     nothing calls up. Empty if that is not to be looked at
   * @param words what the model was taught ({@link Checkpoint#words()}); then each word that it was
   *     not is a problem, of which results tell in one sentence. Empty if that is not to be looked
   *     at
   */
  public record Options(
      int steps,
      OptionalInt hiresSteps,
      boolean negative,
      List<Embedding> embeddings,
      PromptLimits limits,
      Optional<LoraLibrary> loras,
      List<String> words) {
    /** A prompt for 20 steps without highres fix. */
    public static final Options DEFAULT = new Options(20, OptionalInt.empty(), false);

    /**
     * Asks about a prompt without embeddings, within {@link PromptLimits#DEFAULTS}.
     *
     * @param steps calls of the model in the first pass, from 1
     * @param hiresSteps calls in the pass of the highres fix, from 1; empty if there is none
     * @param negative whether it is a negative prompt
     */
    public Options(int steps, OptionalInt hiresSteps, boolean negative) {
      this(steps, hiresSteps, negative, List.of());
    }

    /**
     * Asks about a prompt within {@link PromptLimits#DEFAULTS}.
     *
     * @param steps calls of the model in the first pass, from 1
     * @param hiresSteps calls in the pass of the highres fix, from 1; empty if there is none
     * @param negative whether it is a negative prompt
     * @param embeddings whose names stand for their vectors
     */
    public Options(
        int steps, OptionalInt hiresSteps, boolean negative, List<Embedding> embeddings) {
      this(steps, hiresSteps, negative, embeddings, PromptLimits.DEFAULTS);
    }

    /**
     * Asks about a prompt without looking at LoRAs and words.
     *
     * @param steps calls of the model in the first pass, from 1
     * @param hiresSteps calls in the pass of the highres fix, from 1; empty if there is none
     * @param negative whether it is a negative prompt
     * @param embeddings whose names stand for their vectors
     * @param limits how much the prompt may ask for
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
     * Checks the numbers and copies the lists.
     *
     * @param steps from 1
     * @param hiresSteps from 1, or empty
     * @param negative whether it is a negative prompt
     * @param embeddings empty for none
     * @param limits {@link PromptLimits#NONE} for prompts that are trusted
     * @param loras looked at by each explanation
     * @param words empty for none that is looked at
     * @throws IllegalArgumentException if a number is below 1
     */
    public Options {
      embeddings = List.copyOf(embeddings);
      Objects.requireNonNull(loras, "loras");
      words = List.copyOf(words);
      Checks.atLeast(1, steps, "steps");
      hiresSteps.ifPresent(count -> Checks.atLeast(1, count, "hiresSteps"));
    }
  }

  /**
   * Explains a prompt for 20 steps without highres fix.
   *
   * @param prompt in A1111's syntax; every text has a meaning
   * @return how it is understood
   * @throws PromptSyntaxException if it exceeds {@link PromptLimits#DEFAULTS}
   */
  public static PromptExplanation of(String prompt) {
    return of(prompt, Options.DEFAULT);
  }

  /**
   * Explains a prompt.
   *
   * @param prompt in A1111's syntax; every text has a meaning
   * @param options for how many steps, and beside which embeddings
   * @return how it is understood
   * @throws PromptSyntaxException if it exceeds the limits
   * @throws LoraException if a folder of the LoRAs to look at is gone
   */
  public static PromptExplanation of(String prompt, Options options) {
    return Services.find(Backend.Prompts.class).explain(prompt, options);
  }

  /**
   * A stretch of text with its weight.
   *
   * @param text without the brackets that weigh it
   * @param weight what its part of the encoded text is multiplied by; 1 is neutral
   */
  public record Piece(String text, double weight) {}

  /**
   * One of the texts that {@code AND} joins.
   *
   * @param text the text with its changes still in it
   * @param weight how much it counts
   * @param schedule the texts that the text encoder reads, by the last step of each, counted from
   *     1. The first text holds for one model call more, as in A1111, where calls are counted from
   *     0
   * @param hires the same for the pass of the highres fix; empty if there is none
   */
  public record Part(
      String text,
      double weight,
      SortedMap<Integer, String> schedule,
      SortedMap<Integer, String> hires) {
    /**
     * Copies the maps.
     *
     * @param text the text with its changes still in it
     * @param weight how much it counts; 1 if none is written
     * @param schedule by the last step of each text
     * @param hires empty without highres fix
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
   * @param attention the text cut into pieces of equal weight
   * @param chunks its tokens in chunks of 77
   */
  public record Encoded(String text, List<Piece> attention, List<List<Token>> chunks) {
    /**
     * Copies the lists.
     *
     * @param text the text with its brackets
     * @param attention the text in pieces of equal weight
     * @param chunks of 77 tokens each, with those that begin and end it
     */
    public Encoded {
      attention = List.copyOf(attention);
      chunks = List.copyOf(chunks);
    }

    private TokenCount length() {
      List<Token> last = chunks.get(chunks.size() - 1);
      int used = 1;
      while (last.get(used).id() != END) {
        used++;
      }
      return new TokenCount((chunks.size() - 1) * TokenCount.CHUNK + used - 1, chunks.size());
    }
  }

  /**
   * One token of a chunk.
   *
   * @param id its number in CLIP's vocabulary
   * @param text what it stands for, a trailing space marking the end of a word; of an embedding its
   *     name and which of its vectors, such as {@code ink 1/3}
   * @param weight its attention weight
   */
  public record Token(int id, String text, double weight) {}
}
