package dev.sdlora.prompt.grammar;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.value.Decimals;
import java.util.List;

/**
 * A parsed tag {@code <hypernet:name:multiplier>}. Spaces around both values are ignored. A1111
 * ignores values that it does not understand; this class rejects the tag.
 *
 * @param name the name of the hypernetwork
 * @param multiplier its strength; 1 if omitted
 * @param offset the start of the tag in the prompt, in characters from 0
 */
public record HypernetTag(String name, double multiplier, int offset) {
  private static final String KIND = "hypernet";

  /** Whether tags of this kind name hypernetworks. */
  public static boolean isKind(String kind) {
    return kind.equals(KIND);
  }

  /**
   * Parses a tag of this kind.
   *
   * @throws PromptSyntaxException if the tag has no name, a multiplier that is not a finite number,
   *     or further arguments
   */
  public static HypernetTag of(ExtraNetwork network) {
    List<String> arguments = network.positional();
    String name = arguments.isEmpty() ? "" : Characters.strip(arguments.get(0));
    if (name.isEmpty()) {
      throw error(network, "has no name; write <hypernet:name:weight>");
    }
    if (arguments.size() > 2 || !network.named().isEmpty()) {
      throw error(network, "has more than a name and a weight; write <hypernet:name:weight>");
    }
    if (arguments.size() == 1) {
      return new HypernetTag(name, 1, network.offset());
    }
    try {
      double multiplier = Decimals.parse(Characters.strip(arguments.get(1)));
      return new HypernetTag(name, multiplier, network.offset());
    } catch (IllegalArgumentException e) {
      throw error(network, "has an invalid weight: " + e.getMessage());
    }
  }

  private static PromptSyntaxException error(ExtraNetwork network, String trouble) {
    return new PromptSyntaxException(
        "the tag " + network.tag() + " at character " + network.offset() + " " + trouble,
        network.offset());
  }
}
