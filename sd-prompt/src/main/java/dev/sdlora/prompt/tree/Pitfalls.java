package dev.sdlora.prompt.tree;

import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.api.lora.StrengthSchedule.Point;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.api.prompt.PromptNode.Kind;
import dev.sdlora.api.prompt.Span;
import dev.sdlora.prompt.grammar.Characters;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.grammar.LoraTag;
import dev.sdlora.prompt.schedule.PromptSteps;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds well-formed parts of a prompt whose meaning may surprise its writer. */
final class Pitfalls {
  private static final Pattern PLAIN_WEIGHT = Pattern.compile("[+-]?(\\d++\\.?+\\d*+|\\.\\d++)");

  private final List<PromptSteps> passes;
  private final boolean negative;
  private final boolean tagsAct;
  private final List<Finding> found = new ArrayList<>();

  private Pitfalls(List<PromptSteps> passes, boolean negative, boolean tagsAct) {
    this.passes = passes;
    this.negative = negative;
    this.tagsAct = tagsAct;
  }

  /**
   * Returns the pitfalls of a prompt, in order.
   *
   * @param passes the passes that use the prompt, in order
   * @param negative whether it is a negative prompt, in which {@code AND} is a word
   * @param tagsAct whether tags in it have an effect
   */
  static List<Finding> of(
      Prompt tree, List<PromptSteps> passes, boolean negative, boolean tagsAct) {
    Pitfalls quirks = new Pitfalls(passes, negative, tagsAct);
    boolean alone = tree.parts().size() == 1;
    tree.parts().forEach(part -> quirks.examine(part.nodes(), 1, false, alone, Optional.empty()));
    return quirks.found;
  }

  /**
   * The switch of a prompt editing, for a tag in one of its texts.
   *
   * @param place the position of the switch, from 0 to 1
   * @param after whether the tag is in the text after the switch
   */
  private record Turn(double place, boolean after) {
    /** Returns the strengths over the steps that were probably meant. */
    StrengthSchedule strengths(double weight) {
      return StrengthSchedule.of(
          new Point(place, after ? 0 : weight), new Point(place, after ? weight : 0));
    }
  }

  private void examine(
      List<PromptNode> nodes, double weight, boolean inside, boolean alone, Optional<Turn> turn) {
    for (PromptNode node : nodes) {
      if (node.kind() == Kind.PART_WEIGHT && alone && !negative) {
        String what = "the trailing '" + node + "'";
        add(
            node.span(),
            what,
            "is an AND weight in A1111: it is removed from the text and scales the whole prompt");
      } else if (node.kind() == Kind.BREAK && weight != 1) {
        add(node.span(), "BREAK", "is inside brackets and is read as a word");
      } else if (node.kind() == Kind.TAG) {
        examineTag(node, inside, turn);
      }
      if (node.kind() == Kind.EDITING) {
        examineEditing(node);
        double place = place(node);
        int after = node.branches().size() - 1;
        for (int i = 0; i <= after; i++) {
          Optional<Turn> change = Optional.of(new Turn(place, i == after));
          examine(node.branches().get(i), weight, true, alone, change);
        }
      } else {
        examine(node.children(), weight * node.factor(), true, alone, turn);
      }
    }
  }

  private void examineTag(PromptNode tag, boolean inside, Optional<Turn> turn) {
    String what = "the tag " + tag;
    if (!tagsAct) {
      add(tag.span(), what, "is text here, as in A1111, where negative prompts cannot have tags");
      return;
    }
    if (negative) {
      add(tag.span(), what, "has an effect here; in A1111 negative prompts cannot have tags");
    }
    if (inside && LoraTag.isKind(tag.tagName())) {
      add(
          tag.span(),
          what,
          "is inside brackets but still applies fully and to the whole image; write strengths that"
              + " change over the steps as weight@place, such as "
              + changing(tag, turn));
    }
  }

  /**
   * Returns the tag with strengths that change over the steps; uses example strengths if it is not
   * clear which were meant.
   */
  private static String changing(PromptNode tag, Optional<Turn> turn) {
    String named = "<" + tag.tagName() + ":" + tag.tagArguments().get(0);
    String weight =
        tag.tagArguments().size() == 1 ? "1" : Characters.strip(tag.tagArguments().get(1));
    return tag.tagArguments().size() <= 2 && PLAIN_WEIGHT.matcher(weight).matches()
        ? turn.map(
                change ->
                    named + ":" + weight + ":" + change.strengths(Double.parseDouble(weight)) + ">")
            .orElse(named + ":0@0," + weight + "@0.8>")
        : named + ":0@0,1@0.8>";
  }

  private double place(PromptNode editing) {
    PromptSteps pass = passes.get(0);
    double share = (double) pass.stepOf(when(editing)) / pass.steps();
    return Math.rint(100 * Math.max(0, Math.min(share, 1))) / 100;
  }

  /** Returns the number without the tags and comments that may be inside it. */
  private static String when(PromptNode editing) {
    return Characters.strip(ExtraNetworks.cut(editing.when()).text());
  }

  private void examineEditing(PromptNode editing) {
    String when = when(editing);
    String what = "the prompt editing '" + editing + "'";
    if (passes.stream().allMatch(pass -> pass.stepOf(when) >= pass.steps())) {
      String steps =
          passes.stream()
              .map(pass -> String.valueOf(pass.steps()))
              .collect(Collectors.joining(" and then "));
      add(editing.span(), what, "never switches in " + steps + " steps");
    } else if (passes.stream().allMatch(pass -> pass.stepOf(when) < 1)) {
      add(editing.span(), what, "switches before the first step");
    }
  }

  private void add(Span span, String what, String trouble) {
    found.add(Finding.quirk(span, what, trouble));
  }
}
