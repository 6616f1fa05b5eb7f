package dev.sdlora.server.prompt;

import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** The LoRA tags in a prompt. */
final class LoraTags {
  private static final Pattern NUMBER = Pattern.compile("\\s*[+-]?(\\d+\\.?\\d*|\\.\\d+)\\s*");

  private LoraTags() {}

  /** Returns the tags in order. */
  static List<PromptNode> of(Prompt tree) {
    List<PromptNode> tags = new ArrayList<>();
    tree.parts().forEach(part -> addAll(part.nodes(), tags));
    return tags;
  }

  private static void addAll(List<PromptNode> nodes, List<PromptNode> tags) {
    for (PromptNode node : nodes) {
      if (isLora(node)) {
        tags.add(node);
      }
      addAll(node.children(), tags);
    }
  }

  static boolean isLora(PromptNode node) {
    return node.tagName().equals("lora") || node.tagName().equals("lyco");
  }

  static String name(PromptNode tag) {
    return tag.tagArguments().get(0).strip();
  }

  /** Returns the weight if it is one number for everything. */
  static OptionalDouble weight(PromptNode tag) {
    List<String> behind = tag.tagArguments().subList(1, tag.tagArguments().size());
    if (behind.stream().anyMatch(LoraTags::isStrength)) {
      return OptionalDouble.empty();
    }
    List<String> positional = behind.stream().filter(text -> text.indexOf('=') < 0).toList();
    return switch (positional.size()) {
      case 0 -> OptionalDouble.of(1);
      case 1 ->
          NUMBER.matcher(positional.get(0)).matches()
              ? OptionalDouble.of(Double.parseDouble(positional.get(0).strip()))
              : OptionalDouble.empty();
      default -> OptionalDouble.empty();
    };
  }

  /** Whether an argument is the strength of one network or one pass. */
  private static boolean isStrength(String argument) {
    String name = argument.substring(0, Math.max(0, argument.indexOf('='))).strip();
    return name.equals("te") || name.equals("unet");
  }

  /** Returns the tag with another weight for everything and its other arguments unchanged. */
  static String weighted(PromptNode tag, String weight) {
    StringBuilder text = new StringBuilder("<" + tag.tagName() + ":" + tag.tagArguments().get(0));
    text.append(':').append(weight);
    tag.tagArguments().stream()
        .skip(1)
        .filter(argument -> argument.indexOf('=') >= 0 && !isStrength(argument))
        .forEach(argument -> text.append(':').append(argument));
    return text.append('>').toString();
  }
}
