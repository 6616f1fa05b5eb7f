package dev.sdlora.cli.console;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ITypeInfo;
import picocli.CommandLine.Model.OptionSpec;

/** The shells for which completion scripts can be printed. */
public enum Shell {
  /** Completes with bash alone or bash-completion. */
  BASH {
    @Override
    public String script(CommandLine root) {
      return BashCompletion.script(root);
    }
  },
  /** Completes with zsh's own system, {@code _arguments}, and describes options. */
  ZSH {
    @Override
    public String script(CommandLine root) {
      StringBuilder script = new StringBuilder();
      String name = root.getCommandName();
      script.append("#compdef ").append(name).append("\n\n");
      zsh(script, root, "_" + name);
      return script
          .append("if [ \"$funcstack[1]\" = _%1$s ]; then\n  _%1$s \"$@\"\nelse\n".formatted(name))
          .append("  compdef _%1$s %1$s\nfi\n".formatted(name))
          .toString();
    }
  },
  /** Completes with fish's {@code complete} and describes options. */
  FISH {
    @Override
    public String script(CommandLine root) {
      StringBuilder script = new StringBuilder();
      fish(script, root, List.of());
      return script.toString();
    }
  };

  /** Returns the script that completes a command, its subcommands and their options. */
  public abstract String script(CommandLine root);

  static List<OptionSpec> options(CommandLine command) {
    return command.getCommandSpec().options().stream().filter(option -> !option.hidden()).toList();
  }

  /** Returns the first sentence of a description, without the characters that need quoting. */
  private static String summary(String[] description) {
    String text = String.join(" ", description).replaceAll("%n|\\s+", " ").strip();
    int end = text.indexOf(". ");
    String sentence = end < 0 ? text : text.substring(0, end);
    return sentence
        .replaceAll("(?<=\\w)'(?=\\w)", "’")
        .replaceAll("[\\[\\]\"'\\\\`$:{}]", "")
        .replaceAll("\\.$", "");
  }

  private static String summary(CommandLine command) {
    return summary(command.getCommandSpec().usageMessage().description());
  }

  /**
   * Returns the values that an option or argument is limited to; none for numbers, texts and files.
   */
  static List<String> values(ArgSpec argument) {
    if (argument.typeInfo().getType() == Object.class && argument.completionCandidates() != null) {
      return StreamSupport.stream(argument.completionCandidates().spliterator(), false).toList();
    }
    return Stream.concat(
            argument.typeInfo().getAuxiliaryTypeInfos().stream().map(ITypeInfo::getType),
            Stream.of(argument.type()))
        .filter(Class::isEnum)
        .findFirst()
        .map(type -> (Enum<?>[]) type.getEnumConstants())
        .stream()
        .flatMap(Stream::of)
        .map(constant -> constant.name().toLowerCase(Locale.ROOT))
        .toList();
  }

  /** Returns the values that the arguments of a command are limited to; none for files. */
  static List<String> argumentValues(CommandLine command) {
    return command.getCommandSpec().positionalParameters().stream()
        .flatMap(argument -> values(argument).stream())
        .toList();
  }

  /** Returns words as a list in zsh and fish, with a backslash before what separates or ends it. */
  private static String list(List<String> values) {
    return values.stream()
        .map(value -> value.replaceAll("[^\\w.+-]", "\\\\$0"))
        .collect(Collectors.joining(" "));
  }

  private static String zshValues(List<String> values) {
    return values.isEmpty() ? "_files" : "(" + list(values) + ")";
  }

  private static void zsh(StringBuilder script, CommandLine command, String function) {
    script.append(function).append("() {\n  local line state\n  _arguments -C -S \\\n");
    for (OptionSpec option : options(command)) {
      for (String name : option.names()) {
        boolean takes = option.arity().max() > 0;
        String repeated = option.isMultiValue() ? "*" : "";
        String equals = takes && name.startsWith("--") ? "=" : "";
        String value = !takes ? "" : ":value:" + zshValues(values(option));
        script.append(
            "    '%s%s%s[%s]%s' \\\n"
                .formatted(repeated, name, equals, summary(option.description()), value));
      }
    }
    if (command.getSubcommands().isEmpty()) {
      script.append("    '*:argument:%s'\n}\n\n".formatted(zshValues(argumentValues(command))));
      return;
    }
    script.append("    '1: :->command' '*:: :->argument'\n  case $state in\n  command)\n");
    script.append("    local -a commands=(\n");
    command
        .getSubcommands()
        .forEach((name, sub) -> script.append("      '%s:%s'\n".formatted(name, summary(sub))));
    script.append("    )\n    _describe command commands ;;\n  argument)\n    case $line[1] in\n");
    command
        .getSubcommands()
        .keySet()
        .forEach(name -> script.append("    %1$s) %2$s_%1$s ;;\n".formatted(name, function)));
    script.append("    esac ;;\n  esac\n}\n\n");
    command.getSubcommands().forEach((name, sub) -> zsh(script, sub, function + "_" + name));
  }

  private static void fish(StringBuilder script, CommandLine command, List<String> path) {
    CommandSpec root = command.getCommandSpec().root();
    List<String> subcommands = List.copyOf(command.getSubcommands().keySet());
    String here =
        path.stream()
                .map(name -> "__fish_seen_subcommand_from " + name)
                .collect(Collectors.joining("; and "))
            + (subcommands.isEmpty()
                ? ""
                : (path.isEmpty() ? "" : "; and ")
                    + "not __fish_seen_subcommand_from "
                    + String.join(" ", subcommands));
    command
        .getSubcommands()
        .forEach(
            (name, sub) ->
                script.append(
                    "complete -c %s -n '%s' -f -a %s -d '%s'\n"
                        .formatted(root.name(), here, name, summary(sub))));
    if (!argumentValues(command).isEmpty()) {
      script.append(
          "complete -c %s -n '%s' -f -a '%s'\n"
              .formatted(root.name(), here, list(argumentValues(command))));
    }
    for (OptionSpec option : options(command)) {
      script.append("complete -c %s -n '%s'".formatted(root.name(), here));
      for (String name : option.names()) {
        script.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceAll("^-+", ""));
      }
      if (option.arity().max() > 0) {
        script.append(values(option).isEmpty() ? " -r" : " -x");
      }
      if (!values(option).isEmpty()) {
        script.append(" -a '").append(list(values(option))).append('\'');
      }
      script.append(" -d '").append(summary(option.description())).append("'\n");
    }
    command
        .getSubcommands()
        .forEach(
            (name, sub) ->
                fish(script, sub, Stream.concat(path.stream(), Stream.of(name)).toList()));
  }
}
