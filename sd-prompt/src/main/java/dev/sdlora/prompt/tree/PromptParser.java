package dev.sdlora.prompt.tree;

import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.api.prompt.PromptNode.Kind;
import dev.sdlora.prompt.grammar.Characters;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.grammar.Subprompt;
import dev.sdlora.prompt.schedule.Switch;
import dev.sdlora.prompt.schedule.Switch.Alternation;
import dev.sdlora.prompt.schedule.Switch.Editing;
import dev.sdlora.prompt.schedule.Switches;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Builds the tree of a prompt from the results of the passes over it. */
public final class PromptParser {
  /** The maximum depth of trees, so that they can be walked recursively. */
  static final int MAX_DEPTH = 200;

  private final Leaves leaves;
  private final String text;

  private PromptParser(String prompt, ExtraNetworks cut) {
    leaves = new Leaves(prompt, cut);
    text = cut.text();
  }

  /** Parses a prompt as A1111 does, in linear time. */
  public static Prompt parse(String prompt) {
    return parse(prompt, ExtraNetworks.cut(prompt));
  }

  /**
   * Parses a prompt whose comments and tags have been cut already.
   *
   * @param cut the result of {@link ExtraNetworks#cut} for the prompt
   */
  static Prompt parse(String prompt, ExtraNetworks cut) {
    return new PromptParser(prompt, cut).parse();
  }

  private Prompt parse() {
    List<Prompt.Part> parts = new ArrayList<>();
    for (Subprompt part : Subprompt.split(text)) {
      parts.add(new Prompt.Part(nodes(part), part.weight()));
    }
    return new Prompt(parts);
  }

  private List<PromptNode> nodes(Subprompt part) {
    int end = part.offset() + part.text().length();
    SwitchReader reader = new SwitchReader(part);
    List<PromptNode> nodes = reader.read(part.offset(), end, 0);
    String written = text.substring(part.offset(), part.end());
    int weightEnd = part.offset() + Characters.stripEnd(written).length();
    if (weightEnd > end) {
      leaves.addTo(nodes, end, weightEnd, Kind.PART_WEIGHT);
    }
    leaves.addText(nodes, weightEnd, part.end());
    if (part.end() < text.length()) {
      leaves.addTo(nodes, part.end(), part.end() + Subprompt.AND.length(), Kind.AND);
    } else {
      leaves.addCuts(nodes, text.length());
    }
    return nodes;
  }

  /** Reads one part; visits its switches in order. */
  private final class SwitchReader {
    private final int offset;
    private final List<Switch> switches;
    private int next;

    SwitchReader(Subprompt part) {
      offset = part.offset();
      switches = Switches.find(part.text());
    }

    private int start(Switch place) {
      return place.span().start() + offset;
    }

    private int end(Switch place) {
      return place.span().end() + offset;
    }

    List<PromptNode> read(int from, int to, int depth) {
      Brackets brackets = new Brackets(text, leaves, depth);
      int at = from;
      while (next < switches.size() && start(switches.get(next)) < to) {
        Switch place = switches.get(next++);
        brackets.scan(at, start(place));
        at = end(place);
        if (brackets.depth() < MAX_DEPTH) {
          leaves.addCuts(brackets.nodes(), start(place));
          brackets.nodes().add(node(place, brackets.depth() + 1));
        } else {
          leaves.addText(brackets.nodes(), start(place), at);
          while (next < switches.size() && start(switches.get(next)) < at) {
            next++;
          }
        }
      }
      brackets.scan(at, to);
      return brackets.finish(to);
    }

    private PromptNode node(Switch place, int depth) {
      int end = end(place);
      if (place instanceof Alternation alternation) {
        List<List<PromptNode>> options =
            alternation.options().stream()
                .map(option -> read(option.start() + offset, option.end() + offset, depth))
                .toList();
        return node(Kind.ALTERNATION, place, "|", "]", options);
      }
      Editing editing = (Editing) place;
      boolean hasBefore = editing.after().start() > editing.before().end();
      List<List<PromptNode>> texts = new ArrayList<>();
      if (hasBefore) {
        texts.add(read(editing.before().start() + offset, editing.before().end() + offset, depth));
      }
      int colon = editing.after().end() + offset;
      texts.add(read(editing.after().start() + offset, colon, depth));
      String when = leaves.between(colon, end - 1);
      return node(Kind.EDITING, place, ":", ":" + when + "]", texts);
    }

    private PromptNode node(
        Kind kind, Switch place, String divider, String closing, List<List<PromptNode>> texts) {
      List<String> literals = new ArrayList<>();
      literals.add("[");
      literals.addAll(Collections.nCopies(texts.size() - 1, divider));
      literals.add(closing);
      return new PromptNode(kind, leaves.span(start(place), end(place)), literals, texts, 1);
    }
  }
}
