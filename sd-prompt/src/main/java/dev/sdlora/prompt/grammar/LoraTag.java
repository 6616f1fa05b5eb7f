package dev.sdlora.prompt.grammar;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.api.value.Nearest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * What a tag {@code <lora:name:te:unet:dyn>} asks for. The first weight is 1 when left out, the
 * second is the first when left out, and {@code dyn} limits the rank; {@code te=}, {@code unet=}
 * and {@code dyn=} name them, {@code lbw=} gives weights of blocks, {@code mask=} names the part of
 * the image in which it acts. In the hires pass, {@code hr=} takes the place of both weights,
 * {@code hrte=} and {@code hrunet=} that of one. A weight may be a {@linkplain StrengthSchedule
 * schedule}, of which the text encoder takes the start. Spaces around the name, the weights and
 * their names do not count.
 *
 * <p>Where A1111 passes over what it does not understand, or drops all LoRAs of the prompt, this
 * refuses the tag.
 *
 * @param name what the LoRA is called
 * @param strength how strongly it acts, and where
 * @param mask what the request calls the part of the image in which it acts; empty for all of it
 * @param offset where the tag starts in the prompt, in characters from 0
 */
public record LoraTag(String name, LoraStrength strength, Optional<String> mask, int offset) {
  private static final List<String> KEYS =
      List.of("te", "unet", "dyn", "lbw", "hr", "hrte", "hrunet", "mask");
  private static final Pattern DECIMAL_COMMA = Pattern.compile("[+-]?\\d{0,3},\\d{1,3}");
  private static final Pattern RANK = Pattern.compile("\\+?0*[1-9][0-9]{0,8}");

  /** Whether tags of a kind name LoRAs: {@code lora}, or {@code lyco}, which means the same. */
  public static boolean isKind(String kind) {
    return kind.equals("lora") || kind.equals("lyco");
  }

  /**
   * Reads a tag that names a LoRA.
   *
   * @return empty if the tag is of another kind
   * @throws PromptSyntaxException if the tag has no name, a weight that is no finite number, or an
   *     argument that has no meaning
   */
  public static Optional<LoraTag> of(ExtraNetwork network) {
    return isKind(network.kind()) ? Optional.of(read(network)) : Optional.empty();
  }

  private static LoraTag read(ExtraNetwork network) {
    if (network.tag().indexOf('<', 1) >= 0) {
      throw error(network, "has another '<' in it; its own '>' is probably missing");
    }
    List<String> positional = network.positional();
    if (positional.size() > 4) {
      throw error(network, "has " + positional.size() + " arguments, but at most 4 are known");
    }
    Map<String, String> named = named(network);
    String te = named.getOrDefault("te", at(positional, 1).orElse("1"));
    StrengthSchedule textEncoder = weight(network, te);
    // A positional weight that a name overrides must be a number all the same.
    at(positional, 1).ifPresent(text -> weight(network, text));
    at(positional, 2).ifPresent(text -> weight(network, text));
    StrengthSchedule unet =
        Optional.ofNullable(named.get("unet"))
            .or(() -> at(positional, 2))
            .map(text -> weight(network, text))
            .orElse(textEncoder);
    String name = Characters.strip(at(positional, 0).orElse(""));
    if (name.isEmpty()) {
      throw error(network, "has no name; write <lora:name:weight>");
    }
    LoraStrength strength =
        LoraStrength.of(textEncoder.first())
            .withUnet(unet)
            .withBlocks(
                Optional.ofNullable(named.get("lbw"))
                    .map(text -> blocks(network, text))
                    .orElse(BlockWeights.ALL))
            .withRankLimit(
                Optional.ofNullable(named.get("dyn"))
                    .or(() -> at(positional, 3))
                    .map(text -> OptionalInt.of(rank(network, text)))
                    .orElse(OptionalInt.empty()));
    Optional<String> mask = Optional.ofNullable(named.get("mask")).map(Characters::strip);
    if (mask.filter(String::isEmpty).isPresent()) {
      throw error(network, "names no mask behind mask=");
    }
    return new LoraTag(name, withHires(network, strength, named), mask, network.offset());
  }

  /** What is not said of the hires pass is there as in the first. */
  private static LoraStrength withHires(
      ExtraNetwork network, LoraStrength strength, Map<String, String> named) {
    Optional<StrengthSchedule> both = weight(network, named, "hr");
    Optional<StrengthSchedule> textEncoder = weight(network, named, "hrte").or(() -> both);
    Optional<StrengthSchedule> unet = weight(network, named, "hrunet").or(() -> both);
    return textEncoder.isEmpty() && unet.isEmpty()
        ? strength
        : strength.withHires(
            textEncoder.map(StrengthSchedule::first).orElse(strength.textEncoder()),
            unet.orElse(strength.unet()));
  }

  private static Optional<StrengthSchedule> weight(
      ExtraNetwork network, Map<String, String> named, String key) {
    return Optional.ofNullable(named.get(key)).map(text -> weight(network, text));
  }

  private static Map<String, String> named(ExtraNetwork network) {
    Map<String, String> named = new HashMap<>();
    network
        .named()
        .forEach(
            (written, value) -> {
              String key = Characters.strip(written);
              if (!KEYS.contains(key)) {
                throw error(
                    network,
                    "names an argument '%s'; the known ones are %s and %s%s"
                        .formatted(
                            key,
                            String.join(", ", KEYS.subList(0, KEYS.size() - 1)),
                            KEYS.get(KEYS.size() - 1),
                            Nearest.question(key, KEYS)));
              }
              named.put(key, value);
            });
    return named;
  }

  private static Optional<String> at(List<String> positional, int index) {
    return index < positional.size() ? Optional.of(positional.get(index)) : Optional.empty();
  }

  private static StrengthSchedule weight(ExtraNetwork network, String written) {
    String text = Characters.strip(written);
    try {
      return StrengthSchedule.parse(text);
    } catch (IllegalArgumentException e) {
      String quoted = "'" + text + "'";
      String reason = String.valueOf(e.getMessage());
      throw error(
          network,
          reason.startsWith(quoted + " ")
              ? "has the weight "
                  + quoted
                  + ", which"
                  + reason.substring(quoted.length())
                  + hint(text)
              : "has the weight " + quoted + ", but " + reason);
    }
  }

  /** Before A1111 1.5, weights of blocks stood where the U-Net's weight stands now. */
  private static String hint(String text) {
    if (DECIMAL_COMMA.matcher(text).matches()) {
      return "; did you mean " + text.replace(',', '.') + "?";
    }
    return text.indexOf(',') < 0 ? "" : "; weights of blocks are written lbw=" + text;
  }

  private static BlockWeights blocks(ExtraNetwork network, String written) {
    try {
      return BlockWeights.parse(Characters.strip(written));
    } catch (IllegalArgumentException e) {
      throw error(network, "cannot be used: " + e.getMessage());
    }
  }

  private static int rank(ExtraNetwork network, String written) {
    String text = Characters.strip(written);
    if (!RANK.matcher(text).matches()) {
      throw error(network, "has the rank '" + text + "', which is not a whole number from 1 on");
    }
    return Integer.parseInt(text);
  }

  private static PromptSyntaxException error(ExtraNetwork network, String trouble) {
    return new PromptSyntaxException(
        "the tag " + network.tag() + " at character " + network.offset() + " " + trouble,
        network.offset());
  }
}
