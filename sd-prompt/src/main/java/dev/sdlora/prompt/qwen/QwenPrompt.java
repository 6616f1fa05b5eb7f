package dev.sdlora.prompt.qwen;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A prompt as the input of the text encoder: the tokens of the prompt inside the model's template,
 * at most {@value #LENGTH}. The rest of a longer prompt, and with it the end of the template, is
 * cut off, as by the authors of the models and by diffusers; ComfyUI cuts nothing. Special tokens
 * that are spelled out in the prompt are recognized, as by all of them. Immutable.
 */
public final class QwenPrompt {
  /** The maximum number of tokens. */
  public static final int LENGTH = 512;

  private static final String BEFORE = AddedTokens.START + "user\n";
  private static final String AFTER = AddedTokens.END + "\n" + AddedTokens.START + "assistant\n";
  private static final String NO_THOUGHTS = "<think>\n\n</think>\n\n";

  private final int[] ids;
  private final int count;
  private final String cut;

  private QwenPrompt(int[] ids, int count, String cut) {
    this.ids = ids;
    this.count = count;
    this.cut = cut;
  }

  /**
   * Returns a prompt for FLUX.2 klein, whose template switches thinking off. The tokens are padded
   * to {@value #LENGTH} on the right: klein reads the states of the padding as well.
   */
  public static QwenPrompt klein(String prompt, QwenTokenizer tokenizer) {
    QwenPrompt unpadded = of(prompt, AFTER + NO_THOUGHTS, tokenizer);
    int[] ids = Arrays.copyOf(unpadded.ids, LENGTH);
    Arrays.fill(ids, unpadded.count, LENGTH, tokenizer.padding());
    return new QwenPrompt(ids, unpadded.count, unpadded.cut);
  }

  /** Returns a prompt for Z-Image, without padding. */
  public static QwenPrompt zImage(String prompt, QwenTokenizer tokenizer) {
    return of(prompt, AFTER, tokenizer);
  }

  private static QwenPrompt of(String prompt, String after, QwenTokenizer tokenizer) {
    // The line break of the template can form a token with the beginning of the prompt.
    int[] front = tokenizer.encode(BEFORE + prompt);
    int[] back = tokenizer.encode(after);
    int[] ids = Arrays.copyOf(front, front.length + back.length);
    System.arraycopy(back, 0, ids, front.length, back.length);
    int count = Math.min(ids.length, LENGTH);
    return new QwenPrompt(Arrays.copyOf(ids, count), count, cut(front, tokenizer));
  }

  private static String cut(int[] front, QwenTokenizer tokenizer) {
    if (front.length <= LENGTH) {
      return "";
    }
    byte[] text = tokenizer.bytes(front);
    int from = tokenizer.bytes(Arrays.copyOf(front, LENGTH)).length;
    while (from > 0 && isWithinCharacter(text[from])) {
      from--;
    }
    return new String(text, from, text.length - from, StandardCharsets.UTF_8);
  }

  private static boolean isWithinCharacter(byte utf8) {
    return (utf8 & 0xC0) == 0x80;
  }

  /** Returns a copy of the ids: {@value #LENGTH} for FLUX.2 klein, {@link #count} for Z-Image. */
  public int[] ids() {
    return ids.clone();
  }

  /** Returns the number of tokens before the padding, from 1 to {@value #LENGTH}. */
  public int count() {
    return count;
  }

  /**
   * Returns the end of the prompt, in Unicode's normalization form C, that the encoder does not
   * see, or not entirely; usually empty. It is also empty if only the end of the template was cut
   * off.
   */
  public String cut() {
    return cut;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof QwenPrompt prompt
        && count == prompt.count
        && Arrays.equals(ids, prompt.ids)
        && cut.equals(prompt.cut);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(ids) + count) + cut.hashCode();
  }

  @Override
  public String toString() {
    return "QwenPrompt[ids=" + Arrays.toString(ids) + ", count=" + count + ", cut=" + cut + "]";
  }
}
