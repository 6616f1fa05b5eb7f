package dev.sdlora.prompt.qwen;

import java.io.IOException;

/** Reads the JSON files of a tokenizer. */
record TokenizerJson(TokenizerParts parts) {

  /** Reads {@code vocab.json}: names and their ids. */
  void readIds(String text) throws IOException {
    JsonReader json = new JsonReader(text);
    readIds(json);
    json.end();
  }

  private void readIds(JsonReader json) throws IOException {
    json.object(name -> parts.addToken(name, json.integer(TokenizerParts.MAX_ID)));
  }

  /** Reads {@code added_tokens.json}: names and their ids. */
  void readAdded(String text) throws IOException {
    JsonReader json = new JsonReader(text);
    json.object(name -> parts.addSpecial(name, json.integer(TokenizerParts.MAX_ID)));
    json.end();
  }

  /** Reads the added tokens of {@code tokenizer_config.json}, if it has any. */
  void readConfig(String text) throws IOException {
    JsonReader json = new JsonReader(text);
    json.object(
        key -> {
          if (key.equals("added_tokens_decoder") && json.startsObject()) {
            json.object(id -> readAddedToken(json, id(id)));
          } else {
            json.skip();
          }
        });
    json.end();
  }

  private static int id(String key) throws IOException {
    JsonReader number = new JsonReader(key);
    int id = number.integer(TokenizerParts.MAX_ID);
    number.end();
    return id;
  }

  /** Reads the added tokens of {@code tokenizer.json}. */
  void readAddedOfWhole(String text) throws IOException {
    readWhole(text, false);
  }

  /** Reads {@code tokenizer.json}: the vocabulary, the merges and the added tokens. */
  void readWhole(String text) throws IOException {
    readWhole(text, true);
  }

  private void readWhole(String text, boolean withModel) throws IOException {
    JsonReader json = new JsonReader(text);
    json.object(
        key -> {
          if (key.equals("model") && withModel) {
            readModel(json);
          } else if (key.equals("added_tokens") && json.startsArray()) {
            json.array(() -> readAddedToken(json, QwenVocabulary.NONE));
          } else {
            json.skip();
          }
        });
    json.end();
  }

  private void readModel(JsonReader json) throws IOException {
    json.object(
        key -> {
          switch (key) {
            case "type" -> require(json, key, "BPE");
            case "end_of_word_suffix", "continuing_subword_prefix" -> require(json, key, "");
            case "vocab" -> readIds(json);
            case "merges" -> json.array(() -> readMerge(json));
            default -> json.skip();
          }
        });
  }

  private static void require(JsonReader json, String key, String expected) throws IOException {
    if (!json.startsString()) {
      json.skip(); // It is null.
      return;
    }
    String found = json.string();
    if (!found.equals(expected)) {
      throw new IOException(
          "the %s of its model is '%s', expected '%s' as in a tokenizer of Qwen"
              .formatted(key, found, expected));
    }
  }

  /** Reads a merge: a text with a blank, or since 2024 an array of two names. */
  private void readMerge(JsonReader json) throws IOException {
    if (json.startsString()) {
      parts.addMerge(json.string());
      return;
    }
    String[] names = new String[2];
    int[] size = {0};
    json.array(
        () -> {
          String name = json.string();
          if (size[0] < 2) {
            names[size[0]] = name;
          }
          size[0]++;
        });
    if (size[0] != 2) {
      throw new IOException("one of its merges has " + size[0] + " names, expected 2");
    }
    parts.addMerge(names[0], names[1]);
  }

  private void readAddedToken(JsonReader json, int knownId) throws IOException {
    int[] id = {knownId};
    String[] name = {""};
    json.object(
        key -> {
          switch (key) {
            case "id" -> id[0] = json.integer(TokenizerParts.MAX_ID);
            case "content" -> name[0] = json.string();
            default -> json.skip();
          }
        });
    if (id[0] == QwenVocabulary.NONE) {
      throw new IOException("its added token '" + name[0] + "' has no id");
    }
    parts.addSpecial(name[0], id[0]);
  }
}
