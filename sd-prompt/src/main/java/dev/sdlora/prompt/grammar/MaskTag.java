package dev.sdlora.prompt.grammar;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.prompt.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What a tag {@code <mask:name>} asks for: that the side of {@code AND} in which it stands acts in
 * a part of the image only. A1111 knows no such tag and takes it out of the prompt.
 *
 * @param name what the request calls the part; spaces around it do not count
 * @param offset where the tag starts in the prompt, in characters from 0
 */
public record MaskTag(String name, int offset) {
  /** Whether tags of a kind name masks. */
  public static boolean isKind(String kind) {
    return kind.equals("mask");
  }

  /**
   * Reads a tag that names a mask.
   *
   * @return empty if the tag is of another kind
   * @throws PromptSyntaxException if the tag has no name, or says more
   */
  public static Optional<MaskTag> of(ExtraNetwork network) {
    if (!isKind(network.kind())) {
      return Optional.empty();
    }
    String name =
        network.positional().isEmpty() ? "" : Characters.strip(network.positional().get(0));
    if (name.isEmpty() || network.positional().size() > 1 || !network.named().isEmpty()) {
      throw error(network.tag(), network.offset(), "must be <mask:name> and no more");
    }
    return Optional.of(new MaskTag(name, network.offset()));
  }

  /**
   * The masks of the sides of {@code AND}, in their order.
   *
   * @param cut the prompt
   * @throws PromptSyntaxException if a tag cannot be read, or a side has two
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
              "is the second mask of one side of AND; each acts in one");
        }
        masks.set(part, mask);
      }
    }
    return masks;
  }

  /** Where in the text without comments and tags a place of the prompt is. */
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
