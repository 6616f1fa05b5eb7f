package dev.sdlora.tensors.pickle;

import java.util.Map;

/**
 * The content of a pickle.
 *
 * @param value its single value, usually a dictionary
 * @param storages every storage that it refers to, by name, including those that no tensor uses
 */
public record Pickle(Object value, Map<String, StorageRef> storages) {}
