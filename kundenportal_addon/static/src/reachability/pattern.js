/**
 * A week of hours as 168 characters, see tools/reachability.py, and the rectangles in it that are
 * chosen at one go. A place in the grid is {day, hour}; -1 stands for the heading: of a day (all its
 * hours), of an hour (on all days), or of both (the whole week).
 */

export const DAYS = 7;
export const HOURS = 24;
const EMPTY = "0".repeat(DAYS * HOURS);

/**
 * @param {string|false} pattern
 * @returns {string} a pattern of full length, empty if it is none
 */
export function complete(pattern) {
    return pattern && pattern.length === EMPTY.length ? pattern : EMPTY;
}

/**
 * @param {string} pattern
 * @param {{day: number, hour: number}} place not of a heading
 * @returns {boolean}
 */
export function isChosen(pattern, { day, hour }) {
    return pattern[day * HOURS + hour] === "1";
}

/**
 * @param {{day: number, hour: number}} from one corner
 * @param {{day: number, hour: number}} to the opposite corner
 * @returns {number[]} positions of the hours between two places, headings meaning all of theirs
 */
export function positionsBetween(from, to) {
    const [firstDay, lastDay] = span(from.day, to.day, DAYS);
    const [firstHour, lastHour] = span(from.hour, to.hour, HOURS);
    const positions = [];
    for (let day = firstDay; day <= lastDay; day++) {
        for (let hour = firstHour; hour <= lastHour; hour++) {
            positions.push(day * HOURS + hour);
        }
    }
    return positions;
}

/**
 * @param {string} pattern
 * @param {number[]} positions
 * @returns {boolean} whether all of them are chosen
 */
export function areChosen(pattern, positions) {
    return positions.every((position) => pattern[position] === "1");
}

/**
 * @param {string} pattern
 * @param {number[]} positions
 * @param {boolean} chosen
 * @returns {string} the pattern with these hours chosen, or not
 */
export function withHours(pattern, positions, chosen) {
    const characters = [...pattern];
    for (const position of positions) {
        characters[position] = chosen ? "1" : "0";
    }
    return characters.join("");
}

function span(one, other, length) {
    if (one < 0 || other < 0) {
        return [0, length - 1];
    }
    return [Math.min(one, other), Math.max(one, other)];
}
