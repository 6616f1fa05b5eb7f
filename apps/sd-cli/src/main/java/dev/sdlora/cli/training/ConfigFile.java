package dev.sdlora.cli.training;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.sdlora.api.value.JsonMistake;
import dev.sdlora.cli.console.UnknownWord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The file of {@code --config}: options of a command as TOML, or as JSON if its name ends in {@code
 * .json}. A key is an option without its dashes, or {@code images}; sections group keys and mean
 * nothing. Options of the command line replace those of the file.
 */
public final class ConfigFile {
  private static final String OPTION = "--config";
  private static final long MOST_BYTES = 1 << 20;

  private final String name;
  private final ParseResult given;
  private final CommandSpec command;

  /** Options and arguments that have a key in the file. */
  private final Set<String> known = new HashSet<>();

  private final List<String> options = new ArrayList<>();
  private final List<String> arguments = new ArrayList<>();

  private ConfigFile(Path file, ParseResult given) {
    this.name = String.valueOf(file.getFileName());
    this.given = given;
    this.command = given.commandSpec();
  }

  /**
   * Reads the file that the arguments name.
   *
   * @return empty if the called command has no {@code --config}, or it is not given
   * @throws ParameterException if the file cannot be read, or a key or its value is wrong
   */
  public static Optional<ConfigFile> of(CommandLine line, String... args) {
    if (Arrays.stream(args).noneMatch(arg -> arg.equals(OPTION) || arg.startsWith(OPTION + "="))) {
      return Optional.empty();
    }
    ParseResult called = parsed(line, args).subcommand();
    if (called == null || called.isUsageHelpRequested()) {
      return Optional.empty();
    }
    Optional<Path> file = called.matchedOptionValue(OPTION, Optional.empty());
    return file.map(path -> new ConfigFile(path, called).read(path));
  }

  /** Parses what can be parsed: what is missing may be in the file. */
  private static ParseResult parsed(CommandLine line, String... args) {
    boolean before = line.getCommandSpec().parser().collectErrors();
    collectErrors(line, true);
    try {
      return line.parseArgs(args);
    } finally {
      collectErrors(line, before);
    }
  }

  private static void collectErrors(CommandLine line, boolean collect) {
    line.getCommandSpec().parser().collectErrors(collect);
    line.getSubcommands().values().forEach(sub -> collectErrors(sub, collect));
  }

  /** Returns the arguments together with those of the file. */
  public String[] together(String... args) {
    return Stream.of(Arrays.stream(args), options.stream(), arguments.stream())
        .flatMap(part -> part)
        .toArray(String[]::new);
  }

  /** Prefixes a sentence about an option of the file with the file. */
  public String placed(String sentence) {
    boolean isOfFile =
        options.stream()
            .map(option -> option.split("=", 2)[0])
            .anyMatch(
                option -> sentence.startsWith(option + " ") || sentence.startsWith(option + ":"));
    return isOfFile ? name + ": " + sentence : sentence;
  }

  private ConfigFile read(Path file) {
    List<String> unknown = new ArrayList<>();
    addAll(tree(file), unknown);
    if (!unknown.isEmpty()) {
      throw wrong("unknown key " + String.join(", ", unknown));
    }
    return this;
  }

  private JsonNode tree(Path file) {
    ObjectMapper mapper =
        name.toLowerCase(Locale.ROOT).endsWith(".json")
            ? JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build()
            : new TomlMapper();
    mapper.enable(
        DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS,
        DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw wrong("a file of options has at most 1 MB");
      }
      JsonNode tree = mapper.readTree(Files.readString(file));
      if (!tree.isObject()) {
        throw wrong("must be an object with a key for each option");
      }
      return tree;
    } catch (NoSuchFileException e) {
      throw new ParameterException(command.commandLine(), OPTION + ": there is no file " + file, e);
    } catch (JacksonException e) {
      throw wrong(reason(e));
    } catch (IOException e) {
      throw wrong("cannot be read as text: " + e.getMessage());
    }
  }

  private static String reason(JacksonException e) {
    @Nullable JsonLocation place = e.getLocation();
    return place == null
        ? JsonMistake.reason(e.getOriginalMessage())
        : JsonMistake.reason(e.getOriginalMessage(), place.getLineNr(), place.getColumnNr());
  }

  private void addAll(JsonNode tree, List<String> unknown) {
    for (Map.Entry<String, JsonNode> entry : tree.properties()) {
      if (entry.getValue().isObject()) {
        addAll(entry.getValue(), unknown);
      } else {
        add(entry.getKey(), entry.getValue(), unknown);
      }
    }
  }

  private void add(String key, JsonNode value, List<String> unknown) {
    String option = "--" + key.replace('_', '-');
    @Nullable OptionSpec spec = command.findOption(option);
    Optional<PositionalParamSpec> argument =
        command.positionalParameters().stream()
            .filter(one -> one.paramLabel().equalsIgnoreCase(key))
            .findFirst();
    if ((spec == null && argument.isEmpty()) || option.equals(OPTION)) {
      unknown.add("'" + key + "'" + UnknownWord.meant(option, command.optionsMap().keySet()));
    } else if (!known.add(spec == null ? key : spec.longestName())) {
      throw wrong(key + " is given twice");
    } else if (spec == null) {
      if (!given.hasMatchedPositional(argument.orElseThrow())) {
        arguments.add(text(key, value));
      }
    } else if (!given.hasMatchedOption(spec)) {
      add(spec, key, value);
    }
  }

  private void add(OptionSpec option, String key, JsonNode value) {
    if (option.arity().max() == 0) {
      if (!value.isBoolean()) {
        throw wrong(key + " must be true or false: " + value);
      }
      if (value.booleanValue()) {
        options.add(option.longestName());
      }
    } else if (value.isArray() && option.isMultiValue()) {
      value.forEach(one -> options.add(option.longestName() + "=" + text(key, one)));
    } else {
      options.add(option.longestName() + "=" + text(key, value));
    }
  }

  private String text(String key, JsonNode value) {
    if (value.isArray()) {
      return String.join(",", value.valueStream().map(one -> text(key, one)).toList());
    }
    if (value.isContainerNode() || value.isNull()) {
      throw wrong(key + " must be a text, a number, true, false or a list of them: " + value);
    }
    return value.isBigDecimal() ? value.decimalValue().toPlainString() : value.asText();
  }

  private ParameterException wrong(String complaint) {
    return new ParameterException(command.commandLine(), name + ": " + complaint);
  }
}
