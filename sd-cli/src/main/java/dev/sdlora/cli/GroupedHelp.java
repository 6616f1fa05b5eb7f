package dev.sdlora.cli;

import java.lang.reflect.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Help that a person can find something in: options under the {@link Heading} of the class that
 * declares them, in the order in which commands name these classes; what all commands share comes
 * last.
 */
final class GroupedHelp {
  private static final String OTHERS = "Options";

  private GroupedHelp() {}

  /** Makes a command and those below it show their options so. */
  static void on(CommandLine command) {
    command.getCommandSpec().usageMessage().parameterListHeading("%n");
    command
        .getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> options(help));
    command.getSubcommands().values().forEach(GroupedHelp::on);
  }

  private static String options(Help help) {
    List<OptionSpec> all =
        help.commandSpec().options().stream().filter(option -> !option.hidden()).toList();
    Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
    all.forEach(
        option -> groups.computeIfAbsent(heading(option), key -> new ArrayList<>()).add(option));
    List<OptionSpec> others = groups.remove(OTHERS);
    if (others != null) {
      groups.put(OTHERS, others);
    }
    StringBuilder text = new StringBuilder();
    groups.forEach(
        (heading, options) -> {
          Help.Layout layout = help.createDefaultLayout(all, List.of(), help.colorScheme());
          layout.addOptions(options, help.parameterLabelRenderer());
          text.append(System.lineSeparator()).append(heading).append(':');
          text.append(System.lineSeparator()).append(layout);
        });
    return text.toString();
  }

  private static String heading(OptionSpec option) {
    if (!option.inherited() && option.userObject() instanceof Member declared) {
      Heading heading = declared.getDeclaringClass().getAnnotation(Heading.class);
      if (heading != null) {
        return heading.value();
      }
    }
    return OTHERS;
  }
}
