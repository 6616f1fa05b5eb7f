package dev.sdlora.prompt.tree;

import dev.sdlora.api.Prompt;
import dev.sdlora.api.PromptNode;
import dev.sdlora.api.PromptNode.Attention;
import dev.sdlora.api.PromptNode.Break;
import dev.sdlora.api.PromptNode.Editing;
import dev.sdlora.api.PromptNode.PartWeight;
import dev.sdlora.api.PromptNode.Tag;
import dev.sdlora.prompt.grammar.Characters;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.schedule.SchedulePass;
import java.util.ArrayList;
import java.util.List;

/** What is well-formed in a prompt and still means something that its writer may not expect. */
public final class Quirks {
  private final SchedulePass pass;
  private final boolean negative;
  private final List<Finding> found = new ArrayList<>();

  private Quirks(SchedulePass pass, boolean negative) {
    this.pass = pass;
    this.negative = negative;
  }

  /** The quirks of a prompt or a negative prompt in a pass, in order. */
  public static List<Finding> of(Prompt tree, SchedulePass pass, boolean negative) {
    Quirks quirks = new Quirks(pass, negative);
    boolean alone = tree.parts().size() == 1;
    tree.parts().forEach(part -> quirks.lookAt(part.nodes(), 1, alone));
    return List.copyOf(quirks.found);
  }

  private void lookAt(List<PromptNode> nodes, double weight, boolean alone) {
    for (PromptNode node : nodes) {
      int start = node.span().start();
      if (node instanceof PartWeight trailing && alone && !negative) {
        String what = "the trailing '" + trailing.text() + "'";
        add(start, what, "is an AND weight in A1111: it is taken off and scales the whole prompt");
      } else if (node instanceof Break && weight != 1) {
        add(start, "BREAK", "is inside brackets and is read as a word");
      } else if (node instanceof Editing editing) {
        lookAt(editing);
      } else if (node instanceof Tag tag && negative) {
        String what = "the tag " + PromptNode.print(List.of(tag));
        add(start, what, "acts here too; in A1111 a negative prompt has no tags");
      }
      double inner = node instanceof Attention attention ? weight * attention.factor() : weight;
      lookAt(node.children(), inner, alone);
    }
  }

  private void lookAt(Editing editing) {
    // A tag or comment can stand in the middle of the number.
    int last = pass.stepOf(Characters.strip(ExtraNetworks.cut(editing.when()).text()));
    String what = "the prompt editing '" + PromptNode.print(List.of(editing)) + "'";
    if (last >= pass.steps()) {
      add(editing.span().start(), what, "never switches in " + pass.steps() + " steps");
    } else if (last < 1) {
      add(editing.span().start(), what, "has switched before the first step");
    }
  }

  private void add(int offset, String what, String trouble) {
    found.add(Finding.at(offset, what, trouble));
  }
}
