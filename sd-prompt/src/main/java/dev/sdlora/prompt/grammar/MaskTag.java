package dev.sdlora.prompt.grammar;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.prompt.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A parsed tag {@code <mask:name>}: limits its side of {@code AND} to a part of the image. A1111
 * does not know the tag and removes it from the prompt.
 *
 * @param name the request's name for the part; surrounding spaces are ignored
 * @param offset the start of the tag in the prompt, in characters from 0
 */
public record MaskTag(String name, int offset) {
  /** Whether tags of this kind name masks. */
  public static boolean isKind(String kind) {
    return kind.equals("mask");
  }

  /**
   * Parses a tag that names a mask.
   *
   * @return empty if the tag is of another kind
   * @throws PromptSyntaxException if the tag has no name, or more than a name
   */
  public static Optional<MaskTag> of(ExtraNetwork network) {
    if (!isKind(network.kind())) {
      return Optional.empty();
    }
    String name =
        network.positional().isEmpty() ? "" : Characters.strip(network.positional().get(0));
    if (name.isEmpty() || network.positional().size() > 1 || !network.named().isEmpty()) {
      throw error(network.tag(), network.offset(), "must have the form <mask:name>");
    }
    return Optional.of(new MaskTag(name, network.offset()));
  }

  /**
   * Returns the masks of the sides of {@code AND}, in order.
   *
   * @param cut the prompt
   * @throws PromptSyntaxException if a tag is invalid, or a side has two masks
   */
  public static List<Optional<MaskTag>> ofParts(ExtraNetworks cut) {
    List<Subprompt> parts = Subprompt.split(cut.text());
    List<Optional<MaskTag>> masks =
        new ArrayList<>(Collections.nCopies(parts.size(), Optional.empty()));
    for (ExtraNetwork network : cut.networks()) {
      Optional<MaskTag> mask = of(network);
      if (mask.isPresent()) {
        int part = partAt(parts, inText(cut.cuts(), network.offset()));
        if (masks.get(part).isPresent()) {
          throw error(
              network.tag(),
              network.offset(),
              "is the second mask of one side of AND; each side can have one");
        }
        masks.set(part, mask);
      }
    }
    return masks;
  }

  /** Converts an offset in the prompt to one in the text without comments and tags. */
  private static int inText(List<Span> cuts, int offset) {
    int gone =
        cuts.stream()
            .filter(cut -> cut.end() <= offset)
            .mapToInt(cut -> cut.end() - cut.start())
            .sum();
    return offset - gone;
  }

  private static int partAt(List<Subprompt> parts, int place) {
    int part = 0;
    while (part < parts.size() - 1 && parts.get(part).end() < place) {
      part++;
    }
    return part;
  }

  private static PromptSyntaxException error(String tag, int offset, String trouble) {
    return new PromptSyntaxException(
        "the tag " + tag + " at character " + offset + " " + trouble, offset);
  }
}
