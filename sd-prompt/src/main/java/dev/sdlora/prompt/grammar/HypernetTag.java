package dev.sdlora.prompt.grammar;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.value.Decimals;
import java.util.List;

/**
 * What a tag {@code <hypernet:name:multiplier>} asks for. Spaces around both do not count. Where
 * A1111 passes over what it does not understand, this refuses the tag.
 *
 * @param name what the hypernetwork is called
 * @param multiplier how strongly it acts, 1 when left out
 * @param offset where the tag starts in the prompt, in characters from 0
 */
public record HypernetTag(String name, double multiplier, int offset) {
  private static final String KIND = "hypernet";

  /** Whether tags of a kind name hypernetworks. */
  public static boolean isKind(String kind) {
    return kind.equals(KIND);
  }

  /**
   * Reads a tag of this kind.
   *
   * @throws PromptSyntaxException if it has no name, a multiplier that is no finite number, or more
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
      throw error(network, "has a weight that cannot be used: " + e.getMessage());
    }
  }

  private static PromptSyntaxException error(ExtraNetwork network, String trouble) {
    return new PromptSyntaxException(
        "the tag " + network.tag() + " at character " + network.offset() + " " + trouble,
        network.offset());
  }
}
