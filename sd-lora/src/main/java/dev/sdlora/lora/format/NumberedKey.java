package dev.sdlora.lora.format;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A layer that has a number instead of a name: the layout of cloneofsimo's {@code lora_diffusion}.
 * Its trainer walks through the modules of a network in the order in which diffusers creates them
 * and numbers the linear layers inside modules of certain classes; a reader has to do the same. The
 * metadata lists the classes.
 *
 * <p>A module's key spells this out, such as {@code unet:12 (linear layers of Attention,
 * CrossAttention, GEGLU)}.
 *
 * @param network {@code unet} or {@code text_encoder}
 * @param index the number of the layer, from 0
 * @param classes names of Python classes, in alphabetical order
 * @param convolutions whether convolutions inside these modules are numbered as well
 * @param feedForwardLast whether the feed-forward layer of a transformer block comes after both
 *     attentions (diffusers since 0.15), not between them
 */
public record NumberedKey(
    String network,
    int index,
    List<String> classes,
    boolean convolutions,
    boolean feedForwardLast) {

  /** The classes whose order among diffusers' modules is known. None is nested in another. */
  static final Set<String> KNOWN_CLASSES =
      Set.of("CrossAttention", "Attention", "GEGLU", "ResnetBlock2D", "CLIPAttention", "CLIPMLP");

  private static final String LINEAR = "linear layers of ";
  private static final String BOTH = "linear layers and convolutions of ";
  private static final String LAST = "; feed-forward last";

  private static final Pattern WRITTEN =
      Pattern.compile(
          "(\\w+):(\\d{1,6}) \\((" + LINEAR + "|" + BOTH + ")([\\w, ]+)(" + LAST + ")?\\)");

  /** Copies the classes. */
  public NumberedKey {
    classes = classes.stream().sorted().toList();
  }

  /** Parses a module's key; empty if it is not a numbered key. */
  public static Optional<NumberedKey> parse(String key) {
    Matcher matcher = WRITTEN.matcher(key);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new NumberedKey(
            matcher.group(1),
            Integer.parseInt(matcher.group(2)),
            List.of(matcher.group(4).split(", ", -1)),
            matcher.group(3).equals(BOTH),
            matcher.group(5) != null));
  }

  @Override
  public String toString() {
    return "%s:%s (%s%s%s)"
        .formatted(
            network,
            index,
            convolutions ? BOTH : LINEAR,
            String.join(", ", classes),
            feedForwardLast ? LAST : "");
  }
}
