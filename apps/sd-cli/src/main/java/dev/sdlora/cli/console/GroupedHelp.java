package dev.sdlora.cli.console;

import java.lang.reflect.Member;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Groups options in the help under the {@link Heading} of the class that declares them, in the
 * order in which commands name these classes; those of argument groups and options shared by all
 * commands come last. {@code --help} lists the basic ones, {@code --help-all} lists all.
 */
public final class GroupedHelp {
  private static final String OTHERS = "Options";

  /** The option that lists all options. */
  public static final String ALL = "--help-all";

  private GroupedHelp() {}

  /** Installs the grouped help in a program and its subcommands. */
  public static void on(CommandLine program) {
    on(program, () -> program.getParseResult().originalArgs().contains(ALL));
  }

  private static void on(CommandLine command, BooleanSupplier all) {
    command.getCommandSpec().usageMessage().parameterListHeading("%n");
    command
        .getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> options(help, all.getAsBoolean()));
    command.getSubcommands().values().forEach(subcommand -> on(subcommand, all));
  }

  private static String options(Help help, boolean all) {
    // picocli lists the options of argument groups first, wherever commands name their class.
    List<OptionSpec> known =
        help.commandSpec().options().stream()
            .filter(option -> !option.hidden())
            .sorted(Comparator.comparing(option -> option.group() != null))
            .toList();
    List<OptionSpec> shown = known.stream().filter(option -> all || isBasic(option)).toList();
    Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
    shown.forEach(
        option -> groups.computeIfAbsent(title(option), key -> new ArrayList<>()).add(option));
    List<OptionSpec> others = groups.remove(OTHERS);
    if (others != null) {
      groups.put(OTHERS, others);
    }
    StringBuilder text = new StringBuilder();
    groups.forEach(
        (title, options) -> {
          Help.Layout layout = help.createDefaultLayout(shown, List.of(), help.colorScheme());
          layout.addOptions(options, help.parameterLabelRenderer());
          text.append(System.lineSeparator()).append(title).append(':');
          text.append(System.lineSeparator()).append(layout);
        });
    if (shown.size() < known.size()) {
      text.append(
          "%n%s %s lists all %s options.%n"
              .formatted(help.commandSpec().qualifiedName(), ALL, known.size()));
    }
    return text.toString();
  }

  private static String title(OptionSpec option) {
    return heading(option).map(Heading::value).orElse(OTHERS);
  }

  private static boolean isBasic(OptionSpec option) {
    List<String> basic = heading(option).map(h -> List.of(h.basic())).orElse(List.of(Heading.ALL));
    return basic.contains(Heading.ALL) || basic.contains(option.longestName());
  }

  private static Optional<Heading> heading(OptionSpec option) {
    if (option.inherited()) {
      return Optional.empty();
    }
    @Nullable Class<?> declaring =
        option.userObject() instanceof Member member
            ? member.getDeclaringClass()
            : option.userObject() instanceof Class<?> type ? type : null;
    return Optional.ofNullable(declaring).map(type -> type.getAnnotation(Heading.class));
  }
}
