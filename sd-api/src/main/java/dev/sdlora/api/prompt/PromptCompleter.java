package dev.sdlora.api.prompt;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.value.Decimals;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Completes the text that a user is typing into a prompt: names of LoRAs after {@code <lora:},
 * elsewhere names of embeddings and the trigger words of the LoRAs in the prompt. Names are looked
 * up at each call, so new files are found immediately.
 *
 * @param loras the library to search for LoRAs
 * @param embeddings returns the names of embeddings
 * @param family the family of the checkpoint: LoRAs for it come first, then those of unknown
 *     family, then the others; empty to order by name only
 */
public record PromptCompleter(
    LoraLibrary loras, Supplier<List<String>> embeddings, Optional<ModelFamily> family) {
  /** The beginning of a tag, even of an incomplete one, and the beginning of its name. */
  private static final Pattern TAG =
      Pattern.compile("<\\s*+(lora|lyco)\\s*+:\\s*+([^:<>\\n]*+)\\z", Pattern.CASE_INSENSITIVE);

  /** The rest of the name after the cursor, and of the tag if it is closed. */
  private static final Pattern REST = Pattern.compile("^([^:<>,\\n]*+)(?:(:[^<>\\n]*+)?>)?");

  /**
   * Checks that no argument is null.
   *
   * @param loras the library, listed at each call that needs names of LoRAs
   * @param embeddings called whenever names of embeddings are needed
   * @param family {@link Checkpoint#family()}, or empty
   */
  public PromptCompleter {
    Objects.requireNonNull(loras, "loras");
    Objects.requireNonNull(embeddings, "embeddings");
    Objects.requireNonNull(family, "family");
  }

  /**
   * Creates a completer for no particular family.
   *
   * @param loras the library, listed at each call that needs names of LoRAs
   * @param embeddings called whenever names of embeddings are needed
   */
  public PromptCompleter(LoraLibrary loras, Supplier<List<String>> embeddings) {
    this(loras, embeddings, Optional.empty());
  }

  /**
   * Returns a copy for another model family.
   *
   * @param family the family whose LoRAs come first
   * @return the copy
   */
  public PromptCompleter forFamily(ModelFamily family) {
    return new PromptCompleter(
        loras, embeddings, Optional.of(Objects.requireNonNull(family, "family")));
  }

  /** Kinds of completions. */
  public enum Kind {
    /**
     * A LoRA; its tag is completed with the {@linkplain LoraAdapter#preferredWeight preferred}
     * weight, or 1.
     */
    LORA,
    /** An embedding. */
    EMBEDDING,
    /** A trigger word of a LoRA in the prompt. */
    TRIGGER_WORD
  }

  /**
   * A way to complete the prompt.
   *
   * @param kind the kind of the name
   * @param text the text to insert
   * @param replaced the text that it replaces; it ends at the cursor, or, in a tag that is already
   *     closed, at the end of the name
   */
  public record Completion(Kind kind, String text, Span replaced) {
    /**
     * Checks that no argument is null.
     *
     * @param kind the kind of the name
     * @param text the text to insert; for a LoRA with the end of its tag, such as {@code ink:1>}
     * @param replaced an empty span at the cursor if nothing has been typed yet
     */
    public Completion {
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(text, "text");
      Objects.requireNonNull(replaced, "replaced");
    }

    /**
     * Applies this completion to a prompt.
     *
     * @param prompt the prompt for which it was made
     * @return the prompt with {@link #text()} instead of the typed text
     */
    public String applyTo(String prompt) {
      Objects.requireNonNull(prompt, "prompt");
      return prompt.substring(0, replaced.start()) + text + prompt.substring(replaced.end());
    }
  }

  /**
   * Finds completions at a cursor, ignoring case. After {@code <lora:} nothing needs to be typed;
   * elsewhere at least one character is required. A LoRA is found by its file name, otherwise by
   * its trainer's name if that is unique. White space around the colon, which would break the tag
   * in A1111, is removed.
   *
   * @param prompt the current prompt, including the text after the cursor
   * @param cursor a position in the prompt, in characters from 0
   * @return the completions, those that continue more of the words before the cursor first; may be
   *     empty
   * @throws IndexOutOfBoundsException if the cursor is not in the prompt
   * @throws LoraException if one of the folders no longer exists
   */
  public List<Completion> complete(String prompt, int cursor) {
    Objects.requireNonNull(prompt, "prompt");
    String before = prompt.substring(0, cursor);
    Matcher tag = TAG.matcher(before);
    if (tag.find()) {
      return completeName(tag, prompt.substring(cursor));
    }
    List<Completion> found = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    List<String> trained = embeddings.get();
    List<String> triggers = triggerWords(prompt);
    int start = phraseStart(before);
    while (start < cursor) {
      String typed = before.substring(start);
      Span replaced = new Span(start, cursor);
      add(Kind.EMBEDDING, trained, typed, replaced, seen, found);
      add(Kind.TRIGGER_WORD, triggers, typed, replaced, seen, found);
      int space = before.indexOf(' ', start);
      start = space < 0 ? cursor : space + 1;
    }
    return List.copyOf(found);
  }

  private List<Completion> completeName(Matcher tag, String behind) {
    int cursor = tag.end();
    String typed = tag.group(2);
    String opening = "<" + tag.group(1).toLowerCase(Locale.ROOT) + ":";
    boolean begun = tag.group().startsWith(opening);
    int start = begun ? tag.start() + opening.length() : tag.start();
    Matcher rest = REST.matcher(behind);
    boolean closed = rest.find() && rest.end() > rest.end(1);
    boolean weighted = closed && rest.group(2) != null;
    Span replaced = new Span(start, closed ? cursor + rest.end(1) : cursor);
    List<LoraAdapter> all = loras.list();
    return all.stream()
        .sorted(Comparator.comparingInt(this::rank))
        .flatMap(
            lora ->
                name(lora, typed, all).stream()
                    .map(name -> name + (weighted ? "" : weight(lora)) + (closed ? "" : ">")))
        .distinct()
        .map(name -> new Completion(Kind.LORA, begun ? name : opening + name, replaced))
        .toList();
  }

  /** Returns 0 for LoRAs that fit the checkpoint, and a larger number for others. */
  private int rank(LoraAdapter lora) {
    return family.isEmpty() || lora.family() == family.get()
        ? 0
        : lora.family() == ModelFamily.UNKNOWN ? 1 : 2;
  }

  /**
   * Returns the name that starts with the typed text: the file name, or the trainer's name if no
   * other file has it.
   */
  private static Optional<String> name(LoraAdapter lora, String typed, List<LoraAdapter> all) {
    return startsWith(lora.name(), typed)
        ? Optional.of(lora.name())
        : lora.alias().filter(alias -> startsWith(alias, typed) && isOnly(lora, alias, all));
  }

  private static boolean isOnly(LoraAdapter lora, String alias, List<LoraAdapter> all) {
    return !alias.equalsIgnoreCase("none")
        && all.stream()
            .filter(other -> !other.path().equals(lora.path()))
            .flatMap(other -> Stream.concat(Stream.of(other.name()), other.alias().stream()))
            .noneMatch(alias::equalsIgnoreCase);
  }

  private static String weight(LoraAdapter lora) {
    return ":" + Decimals.text(lora.preferredWeight().orElse(1));
  }

  private static void add(
      Kind kind,
      List<String> words,
      String typed,
      Span replaced,
      Set<String> seen,
      List<Completion> found) {
    for (String word : words) {
      if (startsWith(word, typed) && seen.add(kind + word)) {
        found.add(new Completion(kind, word, replaced));
      }
    }
  }

  private static boolean startsWith(String name, String typed) {
    return name.toLowerCase(Locale.ROOT).startsWith(typed.toLowerCase(Locale.ROOT));
  }

  /** Returns the trigger words of the LoRAs in the prompt; unknown LoRAs have none. */
  private List<String> triggerWords(String prompt) {
    Set<String> names = new LinkedHashSet<>();
    Prompt.parse(prompt).parts().forEach(part -> addLoras(part.nodes(), names));
    if (names.isEmpty()) {
      return List.of();
    }
    return loras.list().stream()
        .filter(
            lora -> names.contains(lora.name()) || lora.alias().filter(names::contains).isPresent())
        .flatMap(lora -> lora.triggerWords().stream())
        .map(TriggerWord::text)
        .distinct()
        .toList();
  }

  private static void addLoras(List<PromptNode> nodes, Set<String> names) {
    for (PromptNode node : nodes) {
      if (node.tagName().equals("lora") || node.tagName().equals("lyco")) {
        names.add(node.tagArguments().get(0).strip());
      }
      addLoras(node.children(), names);
    }
  }

  /** Returns the start of the last phrase: after the last comma, bracket or similar separator. */
  private static int phraseStart(String before) {
    int start = before.length();
    while (start > 0 && ",()[]:|<>\n".indexOf(before.charAt(start - 1)) < 0) {
      start--;
    }
    while (start < before.length() && before.charAt(start) == ' ') {
      start++;
    }
    return start;
  }
}
