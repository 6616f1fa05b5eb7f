package dev.sdlora.infotext;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.infotext.key.ImageSettings;

/**
 * The text that A1111 stores in an image ("infotext"): the prompt, the negative prompt, and one
 * line of settings.
 *
 * <pre>{@code
 * a cat <lora:ink:0.8>
 * Negative prompt: blurry
 * Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 42, Size: 512x512, ...
 * }</pre>
 *
 * <h2>Round trip</h2>
 *
 * A1111's reading rules work line by line, so prompts are read back as they were written except:
 *
 * <ul>
 *   <li>white space at the start and the end of each line is lost;
 *   <li>empty lines at the start are lost, those inside and at the end are kept;
 *   <li>a line that begins with {@code Negative prompt:} ends the prompt; in a negative prompt,
 *       that prefix is lost.
 * </ul>
 *
 * Everything else in a prompt is safe, even lines that look like settings, because only the last
 * line of the text is read as settings. Settings that A1111 does not write are not read back: the
 * number of images, VAE tiling, input images and masks, and options that the sampler does not use.
 * {@link dev.sdlora.api.sampling.Schedule#AUTOMATIC} is read back as the resolved schedule if the
 * sampler has a schedule of its own, and LoRAs given by object are read back as tags in the prompt.
 */
public final class Infotext {
  private Infotext() {}

  /**
   * Returns the text for an image. LoRAs given by object follow the prompt as tags {@code
   * <lora:name:strength>}, or {@code <lora:name:textEncoder:unet>} if the strengths differ, with
   * {@code lbw=} and {@code dyn=} if they are set, so that the text alone reproduces the image.
   * (Names that contain {@code :}, {@code >} or {@code =} are not valid in a tag; they are written
   * nevertheless, for human readers.)
   *
   * <p>If the facts were read from a text of A1111 ({@link PromptSpec#otherParameters()}), the text
   * is the same, byte for byte. The random number generator is always written, although A1111 omits
   * its default, unless the facts show that it was omitted.
   */
  public static String write(ImageSettings settings) {
    return InfotextWriter.write(settings);
  }

  /**
   * Parses a text by A1111's rules. The last line is read as settings if it has three or more;
   * otherwise it belongs to the prompt. Settings that are absent or invalid keep the defaults of
   * {@link PromptSpec}; invalid values and unknown keys are kept in {@link
   * PromptSpec#otherParameters()}. If a key is repeated, the last value counts. Texts of A1111
   * before 1.6 that may use prompt editing get the old timelines. Old names such as {@code DPM++ 2M
   * Karras} are split into a sampler and a schedule. Seeds may be signed or unsigned 64-bit
   * numbers, as in PyTorch.
   *
   * @throws IllegalArgumentException if the text is JSON, as other programs write it; the message
   *     names the program
   */
  public static PromptSpec parse(String text) {
    return InfotextReader.read(text);
  }
}
