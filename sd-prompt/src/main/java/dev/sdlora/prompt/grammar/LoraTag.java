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
 * A parsed tag {@code <lora:name:te:unet:dyn>}. The first weight defaults to 1, the second to the
 * first, and {@code dyn} limits the rank. {@code te=}, {@code unet=} and {@code dyn=} are the named
 * forms; {@code lbw=} gives block weights, and {@code mask=} names the part of the image to which
 * the LoRA is limited. In the hires pass, {@code hr=} replaces both weights, {@code hrte=} and
 * {@code hrunet=} one of them. A weight may be a {@linkplain StrengthSchedule schedule}; the text
 * encoder uses its first value. Spaces around the name, the weights and the argument names are
 * ignored.
 *
 * <p>A1111 ignores arguments that it does not understand, or drops all LoRAs of the prompt; this
 * class rejects the tag.
 *
 * @param name the name of the LoRA
 * @param strength its strengths, by model part and block
 * @param mask the request's name for the part of the image to which it is limited; empty for the
 *     whole image
 * @param offset the start of the tag in the prompt, in characters from 0
 */
public record LoraTag(String name, LoraStrength strength, Optional<String> mask, int offset) {
  private static final List<String> KEYS =
      List.of("te", "unet", "dyn", "lbw", "hr", "hrte", "hrunet", "mask");
  private static final Pattern DECIMAL_COMMA = Pattern.compile("[+-]?\\d{0,3},\\d{1,3}");
  private static final Pattern RANK = Pattern.compile("\\+?0*[1-9][0-9]{0,8}");

  /** Whether tags of this kind name LoRAs: {@code lora}, or its synonym {@code lyco}. */
  public static boolean isKind(String kind) {
    return kind.equals("lora") || kind.equals("lyco");
  }

  /**
   * Parses a tag that names a LoRA.
   *
   * @return empty if the tag is of another kind
   * @throws PromptSyntaxException if the tag has no name, a weight that is not a finite number, or
   *     an unknown argument
   */
  public static Optional<LoraTag> of(ExtraNetwork network) {
    return isKind(network.kind()) ? Optional.of(read(network)) : Optional.empty();
  }

  private static LoraTag read(ExtraNetwork network) {
    if (network.tag().indexOf('<', 1) >= 0) {
      throw error(network, "contains another '<'; its own '>' is probably missing");
    }
    List<String> positional = network.positional();
    if (positional.size() > 4) {
      throw error(network, "has " + positional.size() + " arguments, but at most 4 are allowed");
    }
    Map<String, String> named = named(network);
    String te = named.getOrDefault("te", at(positional, 1).orElse("1"));
    StrengthSchedule textEncoder = weight(network, te);
    // A positional weight must be a number even if a named one overrides it.
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
      throw error(network, "has no mask name after mask=");
    }
    return new LoraTag(name, withHires(network, strength, named), mask, network.offset());
  }

  /** Strengths not given for the hires pass default to those of the first pass. */
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
                    "has the unknown argument '%s'; known arguments are %s and %s%s"
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

  /** Before A1111 1.5, block weights were written where the U-Net's weight is now. */
  private static String hint(String text) {
    if (DECIMAL_COMMA.matcher(text).matches()) {
      return "; did you mean " + text.replace(',', '.') + "?";
    }
    return text.indexOf(',') < 0 ? "" : "; block weights are written lbw=" + text;
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
      throw error(network, "has the rank '" + text + "', which is not a positive whole number");
    }
    return Integer.parseInt(text);
  }

  private static PromptSyntaxException error(ExtraNetwork network, String trouble) {
    return new PromptSyntaxException(
        "the tag " + network.tag() + " at character " + network.offset() + " " + trouble,
        network.offset());
  }
}
