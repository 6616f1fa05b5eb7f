package dev.sdlora.pipeline.image;

import dev.sdlora.api.PromptSpec;

/**
 * The text that A1111 keeps in an image ("infotext"): the prompt, the negative prompt, and one line
 * of settings.
 *
 * <pre>{@code
 * a cat <lora:ink:0.8>
 * Negative prompt: blurry
 * Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 42, Size: 512x512, ...
 * }</pre>
 *
 * <h2>What comes back</h2>
 *
 * A1111's rules of reading work line by line, so prompts come back as they were written except:
 *
 * <ul>
 *   <li>white space at the start and the end of each line is lost;
 *   <li>empty lines at the start are lost, those inside and at the end stay;
 *   <li>a line that begins with {@code Negative prompt:} ends the prompt; in a negative prompt, its
 *       beginning is lost.
 * </ul>
 *
 * Everything else in a prompt is safe, lines that look like settings included, because only the
 * last line of the text is taken for settings. Of the settings, those do not come back that A1111
 * does not write: the number of images, whether the VAE works in tiles, images and masks that the
 * request started from, and options that the sampler has no use for. {@link
 * dev.sdlora.api.sampling.Schedule#AUTOMATIC} comes back as what it stood for if the sampler has a
 * schedule of its own, and LoRAs given by object come back as tags of the prompt.
 */
public final class Infotext {
  private Infotext() {}

  /**
   * The text for an image. LoRAs that were given by object follow the prompt as tags {@code
   * <lora:name:strength>}, or {@code <lora:name:textEncoder:unet>} if the strengths differ, with
   * {@code lbw=} and {@code dyn=} where they are set, so that the text alone makes the image again.
   * (Names with {@code :}, {@code >} or {@code =} cannot be written in a tag; they are written all
   * the same, for the human reader.)
   *
   * <p>Given the facts that were read from a text of A1111 ({@link PromptSpec#otherParameters()}),
   * the text is the same, byte for byte. The random number generator is named, where A1111 leaves
   * out its default, unless those facts say that it was left out.
   */
  public static String write(ImageSettings settings) {
    return InfotextWriter.write(settings);
  }

  /**
   * The request that a text describes, by A1111's rules. The last line counts as settings if it has
   * three or more, otherwise it belongs to the prompt. Settings that are absent or have values that
   * make no sense keep the defaults of {@link PromptSpec}; such values, and keys that have no
   * setting, are kept in {@link PromptSpec#otherParameters()}, and of equal keys the last counts.
   * Texts of A1111 before 1.6 that may have prompt editing get its old timelines. Names from
   * A1111's past such as {@code DPM++ 2M Karras} stand for a sampler and a schedule. Seeds may be
   * signed or unsigned 64-bit numbers, as in PyTorch.
   *
   * @throws IllegalArgumentException if the text is JSON, as other programs write it; the message
   *     names the program
   */
  public static PromptSpec parse(String text) {
    return InfotextReader.read(text);
  }
}
