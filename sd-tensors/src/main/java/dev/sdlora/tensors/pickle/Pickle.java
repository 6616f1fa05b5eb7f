package dev.sdlora.tensors.pickle;

import java.util.Map;

/**
 * What a pickle holds.
 *
 * @param value its one value, usually a dictionary
 * @param storages every storage that it refers to, by name, also where no tensor uses it
 */
public record Pickle(Object value, Map<String, StorageRef> storages) {}
