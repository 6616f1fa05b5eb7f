package dev.sdlora.families.conditioning;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.families.conditioning.Conditions.Part;
import dev.sdlora.prompt.schedule.PromptSchedule;
import dev.sdlora.prompt.schedule.PromptSteps;
import dev.sdlora.prompt.tokens.TokenChunk;
import dev.sdlora.prompt.tokens.TrainedWords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Encodes prompts with T5 and CLIP, as FLUX.1, Chroma and Stable Diffusion 3 read them. Prompts
 * change between steps and are split at {@code AND} as in A1111; weights such as {@code (word:1.2)}
 * multiply the states of T5 as in Forge, and those of CLIP as in A1111.
 */
public final class T5Conditioner implements TextConditioner {
  private final Encoding encoding;
  private final PromptOptions options;
  private final Predicate<List<PromptSchedule.Weighted>> readsNegative;

  /** Encodes a text. */
  @FunctionalInterface
  private interface Encoding {
    Conditioning encode(String text, NDManager scope);
  }

  private T5Conditioner(
      Encoding encoding,
      PromptOptions options,
      Predicate<List<PromptSchedule.Weighted>> readsNegative) {
    this.encoding = encoding;
    this.options = options;
    this.readsNegative = readsNegative;
  }

  /**
   * Returns a conditioner for FLUX.1: T5's states, padded to a length and without a mask, and
   * CLIP's pooled embedding of the first 77 tokens as the vector.
   *
   * @param clip CLIP-L, which reads {@link dev.sdlora.families.network.ClipConfig.Reading#END}
   * @param t5 T5-XXL
   * @param least the length of shorter texts
   * @param most the greatest length; longer texts are cut
   * @param words trained words for CLIP
   * @param readsNegative whether the negative prompt acts next to the parts of the prompt; if not,
   *     it is not encoded
   */
  public static T5Conditioner flux1(
      AppliedEncoder clip,
      AppliedEncoder t5,
      int least,
      int most,
      PromptOptions options,
      TrainedWords words,
      Predicate<List<PromptSchedule.Weighted>> readsNegative) {
    ChunkEncoder chunks = ChunkEncoder.of(clip);
    T5Text text = T5Text.padded(t5, options, least, most);
    return new T5Conditioner(
        (prompt, scope) -> {
          TokenChunk first = Conditioner.chunks(prompt, options, words).get(0);
          float[] pooled = chunks.encode(first, chunks.usualSkip(), scope).pooled();
          return text.encode(prompt, scope).with(pooled);
        },
        options,
        readsNegative);
  }

  /**
   * Returns a conditioner for Chroma: T5's states of the tokens and of one padding token, which no
   * other token reads.
   *
   * @param t5 T5-XXL
   * @param tokens the most tokens, 512; longer texts are cut
   * @param readsNegative whether the negative prompt acts next to the parts of the prompt; if not,
   *     it is not encoded
   */
  public static T5Conditioner chroma(
      AppliedEncoder t5,
      int tokens,
      PromptOptions options,
      Predicate<List<PromptSchedule.Weighted>> readsNegative) {
    T5Text text = T5Text.withOne(t5, options, tokens);
    return new T5Conditioner(text::encode, options, readsNegative);
  }

  /**
   * The part of Stable Diffusion 3's text that T5 encodes.
   *
   * @param encoder T5-XXL; empty if the model has none
   * @param least its least length, 256 in diffusers, 77 in ComfyUI
   * @param most its greatest length; longer texts are cut
   * @param width the width of a state that the transformer reads, 4096
   * @param zeros whether zeros stand for the states of a missing T5, as in diffusers; if not, the
   *     transformer reads CLIP's alone, as in ComfyUI
   */
  public record LongText(
      Optional<AppliedEncoder> encoder, int least, int most, int width, boolean zeros) {}

  /**
   * Returns a conditioner for Stable Diffusion 3: the states of CLIP-L and CLIP-G side by side,
   * filled up with zeros to the width of T5, then T5's; the vector has both pooled embeddings.
   *
   * @param clips CLIP-L, which reads {@link
   *     dev.sdlora.families.network.ClipConfig.Reading#PENULTIMATE_AND_END}, and CLIP-G, which
   *     reads {@code PENULTIMATE} and has a projection
   * @param words trained words for both
   * @param readsNegative whether the negative prompt acts next to the parts of the prompt; if not,
   *     it is not encoded
   */
  public static T5Conditioner sd3(
      List<AppliedEncoder> clips,
      LongText t5,
      PromptOptions options,
      TrainedWords words,
      Predicate<List<PromptSchedule.Weighted>> readsNegative) {
    List<ChunkEncoder> encoders = clips.stream().map(ChunkEncoder::of).toList();
    Optional<T5Text> text =
        t5.encoder.map(encoder -> T5Text.padded(encoder, options, t5.least, t5.most));
    return new T5Conditioner(
        (prompt, scope) -> {
          TextBatch batch =
              new TextBatch(
                  List.of(new TextBatch.Text(Conditioner.chunks(prompt, options, words), 1)),
                  options.emphasis());
          Conditioning clip =
              encoders.stream()
                  .map(encoder -> batch.encode(encoder, encoder.usualSkip(), scope).get(0))
                  .reduce(Conditioning::joined)
                  .orElseThrow()
                  .widened(t5.width);
          if (text.isPresent()) {
            return clip.followedBy(text.get().encode(prompt, scope));
          }
          return t5.zeros
              ? clip.followedBy(
                  new Conditioning(new float[t5.least * t5.width], t5.least, t5.width))
              : clip;
        },
        options,
        readsNegative);
  }

  @Override
  public Conditions conditions(String prompt, String negative, PromptSteps pass, NDManager scope) {
    List<Part> parts = new ArrayList<>();
    List<PromptSchedule.Weighted> weighted = PromptSchedule.ofParts(prompt, pass, options.limits());
    for (PromptSchedule.Weighted part : weighted) {
      parts.add(new Part(encode(part.schedule(), scope), part.weight()));
    }
    ConditioningSchedule uncond =
        readsNegative.test(weighted)
            ? encode(PromptSchedule.of(negative, pass, options.limits()), scope)
            : parts.get(0).schedule();
    return new Conditions(parts, uncond, Optional.empty(), false);
  }

  @Override
  public Conditioning constant(String text, NDManager scope) {
    return encoding.encode(text, scope);
  }

  private ConditioningSchedule encode(PromptSchedule schedule, NDManager scope) {
    Map<String, Conditioning> states = new HashMap<>();
    for (PromptSchedule.Entry entry : schedule.entries()) {
      states.computeIfAbsent(entry.text(), text -> constant(text, scope));
    }
    return new ConditioningSchedule(schedule, states);
  }
}
